# SPDX-License-Identifier: EUPL-1.2
"""How what the legal period or the end of a request forbids is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_requests.domain import errors

PERIOD_ENDED: Final = Kind("decided-by-silence", 409, Text(fr="Décidée par le silence", en="Decided by silence"))
EXTENSION: Final = Kind("extension-not-allowed", 409, Text(fr="Prolongation impossible", en="Extension not allowed"))
NOT_ATTESTED: Final = Kind("no-implicit-decision", 409, Text(fr="Aucune décision implicite", en="No implicit decision"))
RATING_CLOSED: Final = Kind("rating-closed", 409, Text(fr="Avis clos", en="Rating closed"))
VALIDITY: Final = Kind("validity-day", 422, Text(fr="Jour de validité impossible", en="Day of validity cannot be"))
NOT_ENDED: Final = Kind("request-not-ended", 409, Text(fr="Demande en cours", en="Request not ended"))

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
}


def validity_problem(_error: Exception) -> Problem:
    """A last day that is over already, or too far away."""
    text = Text(fr="Donnez un jour d'aujourd'hui à dans cent ans.", en="Give a day from today to in a hundred years.")
    return VALIDITY.problem(
        "Corrigez le dernier jour de validité.",
        "Correct the last day of validity.",
        errors=[FieldError(pointer(("body", "until_on")), "out-of-range", text)],
    )
