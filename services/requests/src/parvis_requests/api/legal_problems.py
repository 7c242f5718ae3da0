# SPDX-License-Identifier: EUPL-1.2
"""How what the legal period or the end of a request forbids is answered."""

from typing import Any, Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule, unavailable
from parvis_kit.web.errors import pointer
from parvis_requests.domain import errors
from parvis_requests.domain.reception import PeriodOverError, ReceptionDayError, ReceptionFault, ReceptionSettledError
from parvis_requests.outgoing.attestation_pdf import NotSetError

PERIOD_ENDED: Final = Kind("decided-by-silence", 409, Text(fr="Décidée par le silence", en="Decided by silence"))
EXTENSION: Final = Kind("extension-not-allowed", 409, Text(fr="Prolongation impossible", en="Extension not allowed"))
NOT_ATTESTED: Final = Kind("no-implicit-decision", 409, Text(fr="Aucune décision implicite", en="No implicit decision"))
RECEPTION: Final = Kind("reception-day", 422, Text(fr="Jour de réception impossible", en="Day of reception cannot be"))
PERIOD_OVER: Final = Kind("period-over", 422, Text(fr="Délai déjà écoulé", en="Period over already"))
RECEIVED: Final = Kind("reception-settled", 409, Text(fr="Jour de réception arrêté", en="Day of reception settled"))
RATING_CLOSED: Final = Kind("rating-closed", 409, Text(fr="Avis clos", en="Rating closed"))
VALIDITY: Final = Kind("validity-day", 422, Text(fr="Jour de validité impossible", en="Day of validity cannot be"))
NOT_ENDED: Final = Kind("request-not-ended", 409, Text(fr="Demande en cours", en="Request not ended"))
FORMER_ANSWERS: Final = Kind(
    "former-answers-reserved", 403, Text(fr="Anciennes réponses réservées", en="Former answers reserved")
)

LEGAL_RULES: Final[dict[type[Exception], Rule]] = {
    errors.PeriodEndedError: Rule(
        PERIOD_ENDED,
        text=Text(
            fr="Le délai est écoulé : le silence a décidé, et cette décision s'enregistre.",
            en="The period is over: silence has decided, and this decision is being recorded.",
        ),
    ),
    errors.ExtensionError: Rule(
        EXTENSION,
        text=Text(
            fr="Aucun texte ne permet de prolonger ce délai, ou il l'a déjà été.",
            en="No text allows this period to be extended, or it was extended already.",
        ),
    ),
    ReceptionSettledError: Rule(
        RECEIVED,
        text=Text(
            fr="Elle est venue en ligne ou d'une autre administration, ou elle est close : ce jour ne se corrige pas.",
            en="It came online or from another administration, or it has ended: this day is not corrected.",
        ),
    ),
    errors.NoImplicitDecisionError: Rule(
        NOT_ATTESTED,
        text=Text(
            fr="Le silence n'a pas accepté cette demande ; il n'y a rien à attester.",
            en="Silence has not granted this request; there is nothing to attest.",
        ),
    ),
    errors.RatingClosedError: Rule(
        RATING_CLOSED,
        text=Text(
            fr="Un avis se donne dans les trente jours qui suivent la fin de la demande.",
            en="A request is rated within thirty days of its end.",
        ),
    ),
    errors.NotEndedError: Rule(
        NOT_ENDED,
        text=Text(
            fr="Seule une demande close s'archive : menez-la à son terme, puis exportez-la.",
            en="Only a closed request is archived: bring it to its end, then export it.",
        ),
    ),
    errors.FormerAnswersError: Rule(
        FORMER_ANSWERS,
        text=Text(
            fr="Des réponses à sa démarche d'origine sont réservées à son équipe : demandez l'export à un superviseur.",
            en="Answers to its former type are reserved to the team of that: ask a supervisor for the export.",
        ),
    ),
}


def validity_problem(_error: Exception) -> Problem:
    """A last day that is over already, or too far away."""
    text = Text(fr="Donnez un jour d'aujourd'hui à dans cent ans.", en="Give a day from today to in a hundred years.")
    return VALIDITY.problem(
        "Corrigez le dernier jour de validité.",
        "Correct the last day of validity.",
        errors=[FieldError(pointer(("body", "until_on")), "out-of-range", text)],
    )


_RETRY_SECONDS: Final = 30
_RECEPTION_FAULTS: Final = {
    ReceptionFault.LATER: Text(
        fr="Donnez un jour qui ne suit pas celui de la saisie.", en="Give a day that is not after that of the entry."
    ),
    ReceptionFault.EARLIER: Text(
        fr="Donnez un jour d'au plus un an avant la saisie.", en="Give a day of at most a year before the entry."
    ),
    ReceptionFault.NOT_ENTERED: Text(
        fr="Seul un agent le dit, de ce qui n'est pas venu en ligne.",
        en="Only an agent says it, of what did not come online.",
    ),
}


def reception_problem(error: ReceptionDayError) -> Problem:
    """A day on which the town cannot have received it."""
    return RECEPTION.problem(
        "Corrigez le jour de réception.",
        "Correct the day of reception.",
        errors=[FieldError(pointer(("body", "received_on")), error.fault, _RECEPTION_FAULTS[error.fault])],
    )


def period_over_problem(error: PeriodOverError) -> Problem:
    """A day from which the legal period is over: the agent may have mistyped it."""
    text = Text(
        fr=f"Compté de ce jour, le délai a pris fin le {error.last_day:%d/%m/%Y}. Si ce jour est bon, répondez true.",
        en=f"Counted from that day, the period ended on {error.last_day:%d/%m/%Y}. If that day is right, answer true.",
    )
    return PERIOD_OVER.problem(
        "Le silence a déjà décidé : vérifiez le jour de réception, puis dites que vous le savez.",
        "Silence has decided already: check the day of reception, then say that you know.",
        errors=[FieldError(pointer(("body", "period_over")), "required", text)],
    )


def _not_set(_error: NotSetError) -> Problem:
    return unavailable(_RETRY_SECONDS)


LEGAL_FAULTS: Final[dict[type[Exception], Any]] = {
    ReceptionDayError: reception_problem,
    PeriodOverError: period_over_problem,
    NotSetError: _not_set,
}
