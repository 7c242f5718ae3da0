# SPDX-License-Identifier: EUPL-1.2
"""How what contesting a decision forbids is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_requests.domain import appeal_errors as errors

NOTHING: Final = Kind("nothing-to-contest", 409, Text(fr="Aucun refus à contester", en="No refusal to contest"))
OPEN: Final = Kind("appeal-open", 409, Text(fr="Contestation à l'examen", en="Appeal under examination"))
TOO_MANY: Final = Kind("too-many-appeals", 409, Text(fr="Trop de contestations", en="Too many appeals"))
CLOSED: Final = Kind("appeal-closed", 409, Text(fr="Contestation terminée", en="Appeal over"))
OUTCOME: Final = Kind("outcome-not-allowed", 422, Text(fr="Issue impossible", en="Outcome not allowed"))
DATES: Final = Kind("wrong-appeal-dates", 422, Text(fr="Dates incohérentes", en="Wrong dates"))
SAME: Final = Kind("another-agent-needed", 409, Text(fr="Autre agent requis", en="Another agent needed"))

APPEAL_RULES: Final[dict[type[Exception], Rule]] = {
    errors.NothingToContestError: Rule(
        NOTHING,
        text=Text(
            fr="Cette demande n'a pas été refusée, ou ne l'est plus.",
            en="This request was not refused, or is not any more.",
        ),
    ),
    errors.AppealOpenError: Rule(
        OPEN,
        "/kind",
        Text(
            fr="Une contestation de cette sorte est déjà à l'examen ; complétez-la par un message.",
            en="One of that kind is being looked at already; add to it by a message.",
        ),
    ),
    errors.TooManyAppealsError: Rule(
        TOO_MANY,
        text=Text(
            fr="Ce refus a été contesté autant de fois qu'il se peut.",
            en="This refusal was contested as often as it may be.",
        ),
    ),
    errors.AppealClosedError: Rule(
        CLOSED, text=Text(fr="Elle a été tranchée ou retirée.", en="It was decided or withdrawn.")
    ),
    errors.OutcomeError: Rule(
        OUTCOME,
        "/outcome",
        Text(
            fr="Un recours est accueilli ou rejeté ; une médiation, ou une saisine d'ailleurs, accueillie ou terminée.",
            en="An appeal is upheld or rejected; a mediation, or a case elsewhere, upheld or ended.",
        ),
    ),
    errors.AppealDatesError: Rule(
        DATES,
        "/received_on",
        Text(
            fr="Elle s'envoie après le refus et se reçoit après l'envoi, au plus tard aujourd'hui.",
            en="It is sent after the refusal and received after that, today at the latest.",
        ),
    ),
    errors.SameAgentError: Rule(
        SAME,
        text=Text(
            fr="Qui a pris la décision ne la réexamine pas : confiez la contestation à une autre personne.",
            en="Whoever took the decision does not look at it again: give the appeal to another person.",
        ),
    ),
}
