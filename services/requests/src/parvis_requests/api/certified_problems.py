# SPDX-License-Identifier: EUPL-1.2
"""How what goes wrong with an answer that another administration certifies is told."""

from collections.abc import Callable
from typing import Any, Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Problem, Rule, unavailable
from parvis_requests.domain import certified_errors as errors

NO_CERTIFIER: Final = Kind("not-certified-here", 404, Text(fr="Réponse non certifiée ici", en="Not certified here"))
OUTDATED: Final = Kind("consent-outdated", 409, Text(fr="Texte de consentement remplacé", en="Consent text replaced"))
TOO_MANY: Final = Kind(
    "too-many-consents", 409, Text(fr="Trop de réponses certifiées", en="Too many certified answers")
)
UNKNOWN: Final = Kind(
    "unknown-certified-answer", 422, Text(fr="Réponse certifiée inconnue", en="Unknown certified answer")
)


def _down(error: errors.CertifierDownError) -> Problem:
    return unavailable(error.retry_after)


CERTIFIED_FAULTS: Final[dict[type[Exception], Callable[[Any], Problem]]] = {errors.CertifierDownError: _down}
CERTIFIED_RULES: Final[dict[type[Exception], Rule]] = {
    errors.NoCertifierError: Rule(
        NO_CERTIFIER,
        text=Text(
            fr="Aucune administration ne certifie cette réponse ici : donnez-la avec son justificatif.",
            en="No administration certifies this answer here: give it with its document.",
        ),
    ),
    errors.ConsentOutdatedError: Rule(
        OUTDATED,
        "/consent_version",
        Text(fr="Montrez le texte qui vaut maintenant.", en="Show the text that holds now."),
    ),
    errors.TooManyConsentsError: Rule(
        TOO_MANY,
        text=Text(
            fr="Déposez la demande pour laquelle une réponse a été certifiée, ou revenez demain.",
            en="File the request for which an answer was certified, or come back tomorrow.",
        ),
    ),
    errors.UnknownCertifiedAnswerError: Rule(
        UNKNOWN,
        "/certified_answers",
        Text(
            fr="Elle n'est pas à vous, pas de ce type de demande, trop ancienne ou déjà jointe à une demande.",
            en="It is not yours, not of this request type, too old, or has joined a request already.",
        ),
    ),
}
