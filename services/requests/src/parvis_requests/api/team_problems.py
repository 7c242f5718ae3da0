# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with a team is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_requests.domain import errors

INVALID_TEAM: Final = Kind("invalid-team", 422, Text(fr="Équipe incorrecte", en="Wrong team"))
TEAM_EXISTS: Final = Kind("team-exists", 409, Text(fr="Équipe déjà définie", en="Team defined already"))
TEAM_IN_USE: Final = Kind("team-in-use", 409, Text(fr="Équipe en service", en="Team in use"))
TOO_MANY_TEAMS: Final = Kind("too-many-teams", 409, Text(fr="Trop d'équipes", en="Too many teams"))

_MAX_FAULTS: Final = 50
_FAULTS: Final[dict[str, Text]] = {
    "reserved-code": Text(fr="Ce code est réservé.", en="This code is reserved."),
    "unknown-agent": Text(fr="Ce n'est pas un agent de la collectivité.", en="This is no agent of the collectivity."),
    "repeated-member": Text(fr="Cet agent est déjà nommé plus haut.", en="This agent is named above already."),
    "ends-before-start": Text(fr="La fin vient après le début.", en="The end comes after the start."),
    "absences-overlap": Text(
        fr="Cette absence en recouvre une autre du même agent.", en="This absence overlaps another one of that agent."
    ),
    "deputy-not-a-member": Text(
        fr="L'agent qui remplace est un autre membre de l'équipe.", en="The deputy is another member of the team."
    ),
}


def invalid_team(error: errors.InvalidTeamError) -> Problem:
    """Each fault, where it stands."""
    return INVALID_TEAM.problem(
        "Corrigez ce qui est signalé.",
        "Correct what errors names.",
        errors=[
            FieldError(pointer(("body", *fault.path)), fault.code, _FAULTS[fault.code])
            for fault in error.faults[:_MAX_FAULTS]
        ],
    )


TEAM_RULES: Final[dict[type[Exception], Rule]] = {
    errors.TeamExistsError: Rule(
        TEAM_EXISTS, "/code", Text(fr="Modifiez l'équipe de ce code.", en="Change the team of that code.")
    ),
    errors.TeamInUseError: Rule(
        TEAM_IN_USE,
        text=Text(
            fr="Des demandes en cours sont à cette équipe, ou des règles lui en confient : confiez-les d'abord à une"
            " autre.",
            en="Requests that go on are with this team, or rules give it some: give them to another one first.",
        ),
    ),
    errors.TooManyTeamsError: Rule(
        TOO_MANY_TEAMS, text=Text(fr="Supprimez une équipe d'abord.", en="Delete a team first.")
    ),
}
