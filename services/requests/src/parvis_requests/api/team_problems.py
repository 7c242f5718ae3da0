# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with a team is answered."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from parvis_kit.locale import Language, Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_requests.domain import errors

INVALID_TEAM: Final = Kind("invalid-team", 422, Text(fr="Équipe incorrecte", en="Wrong team"))
TEAM_EXISTS: Final = Kind("team-exists", 409, Text(fr="Équipe déjà définie", en="Team defined already"))
TEAM_IN_USE: Final = Kind("team-in-use", 409, Text(fr="Équipe en service", en="Team in use"))
UNKNOWN_TEAM: Final = Kind("unknown-team", 422, Text(fr="Équipe inconnue", en="Unknown team"))
NOT_A_MEMBER: Final = Kind("not-a-member", 422, Text(fr="Pas un membre de l'équipe", en="Not a member of the team"))
AGENT_ABSENT: Final = Kind("agent-absent", 409, Text(fr="Agent absent", en="Agent away"))
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


class AgentAbsent(Problem):
    """The 409 problem with two members more: ``absent_until``, and ``deputy``, who stands in until then."""

    def __init__(self, until: datetime, deputy: UUID | None) -> None:
        detail = Text(
            fr="L'agent est absent jusqu'à absent_until. Confiez la demande à l'agent de deputy, ou dites dans"
            " if_absent ce qu'il faut faire.",
            en="The agent is absent until absent_until. Give the request to the agent in deputy, or say in if_absent"
            " what to do.",
        )
        where = FieldError("/assignee", AGENT_ABSENT.code, AGENT_ABSENT.title)
        super().__init__(AGENT_ABSENT, detail, (where,), {})
        self.members = {
            "absent_until": until.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "deputy": str(deputy) if deputy else None,
        }

    def body(self, language: Language, *, base: str, instance: str, trace_id: str) -> dict[str, Any]:
        """The members of RFC 9457, our extensions, and these two."""
        return {**super().body(language, base=base, instance=instance, trace_id=trace_id), **self.members}


def agent_absent(error: errors.AgentAbsentError) -> Problem:
    """Until when, and who stands in."""
    return AgentAbsent(error.until, error.deputy)


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
    errors.UnknownTeamError: Rule(
        UNKNOWN_TEAM,
        "/team",
        Text(
            fr="Prenez une équipe de la liste des équipes de cette collectivité.",
            en="Take a team from this collectivity's list of teams.",
        ),
    ),
    errors.NotAMemberError: Rule(
        NOT_A_MEMBER,
        "/assignee",
        Text(
            fr="Prenez un membre de l'équipe qui traite la demande, ou confiez-la à la sienne.",
            en="Take a member of the team that has the request, or hand it over to theirs.",
        ),
    ),
    errors.TooManyTeamsError: Rule(
        TOO_MANY_TEAMS, text=Text(fr="Supprimez une équipe d'abord.", en="Delete a team first.")
    ),
}
