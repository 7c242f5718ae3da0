# SPDX-License-Identifier: EUPL-1.2
"""How the errors of the domain are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import CONFLICT, FORBIDDEN, NOT_FOUND, PRECONDITION_FAILED, VALIDATION, Catalogue, Kind, Rule
from parvis_participation.domain import errors

ALREADY_ANSWERED: Final = Kind("already-answered", 409, Text(fr="Déjà répondu", en="Already answered"))
NOT_OPEN: Final = Kind("consultation-not-open", 409, Text(fr="Consultation non ouverte", en="Consultation not open"))
UNKNOWN_OPTION: Final = Kind("unknown-option", 422, Text(fr="Réponse inconnue", en="Unknown option"))
RESULTS_LATER: Final = Kind(
    "results-not-yet-public", 409, Text(fr="Résultats pas encore publics", en="Results not public yet")
)

CATALOGUE: Final = Catalogue(
    {
        errors.NotFoundError: Rule(NOT_FOUND),
        errors.NotAllowedError: Rule(
            FORBIDDEN, text=Text(fr="Votre rôle ne permet pas cela.", en="Your role does not allow this.")
        ),
        errors.AlreadyAnsweredError: Rule(
            ALREADY_ANSWERED,
            text=Text(
                fr="Vous avez déjà répondu à cette consultation ; une seule réponse compte.",
                en="You have answered this consultation; one answer counts.",
            ),
        ),
        errors.NotOpenError: Rule(
            NOT_OPEN,
            text=Text(
                fr="Cette consultation ne prend pas de réponse en ce moment ; voyez ses dates.",
                en="This consultation takes no answers now; see its dates.",
            ),
        ),
        errors.UnknownOptionError: Rule(
            UNKNOWN_OPTION,
            "/option",
            Text(
                fr="Prenez un des codes proposés par la question.", en="Take one of the codes that the question offers."
            ),
        ),
        errors.ResultsNotPublicError: Rule(
            RESULTS_LATER,
            text=Text(fr="Les résultats seront publics à la clôture.", en="The results become public at the close."),
        ),
        errors.TransitionError: Rule(
            CONFLICT,
            "/action",
            Text(fr="Relisez la consultation : son état ne le permet pas.", en="Its state does not allow this."),
        ),
        errors.StaleVersionError: Rule(
            PRECONDITION_FAILED,
            text=Text(
                fr="La consultation a changé entre-temps ; relisez-la puis recommencez.",
                en="The consultation has changed meanwhile; read it again, then try again.",
            ),
        ),
        errors.BadPeriodError: Rule(
            VALIDATION, "/closes_at", Text(fr="La clôture vient après l'ouverture.", en="It closes after it opens.")
        ),
        errors.RepeatedOptionError: Rule(
            VALIDATION, "/options", Text(fr="Chaque code est unique.", en="Each code is unique.")
        ),
    }
)
