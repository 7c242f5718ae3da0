# SPDX-License-Identifier: EUPL-1.2
"""How what goes wrong with an answer that another administration certifies is told."""

from collections.abc import Callable
from typing import Any, Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule, unavailable
from parvis_requests.domain import certified_errors as errors
from parvis_requests.domain.certified import Lost

NO_CERTIFIER: Final = Kind("not-certified-here", 404, Text(fr="Réponse non certifiée ici", en="Not certified here"))
OUTDATED: Final = Kind("consent-outdated", 409, Text(fr="Texte de consentement remplacé", en="Consent text replaced"))
TOO_MANY: Final = Kind(
    "too-many-consents", 409, Text(fr="Trop de réponses certifiées", en="Too many certified answers")
)
UNKNOWN: Final = Kind(
    "unknown-certified-answer", 422, Text(fr="Réponse certifiée inconnue", en="Unknown certified answer")
)


_NONE_OF_THESE: Final = Text(
    fr="Elle n'est pas à vous, pas de ce type de demande, trop ancienne ou déjà jointe à une demande.",
    en="It is not yours, not of this request type, too old, or has joined a request already.",
)
LOST: Final = {
    Lost.LAPSED: Text(
        fr="Elle n'a pas servi à temps : consentez à ce qu'elle soit demandée de nouveau, ou donnez la réponse et son"
        " justificatif.",
        en="It was not used in time: consent to have it asked for anew, or give the answer and its document.",
    ),
    Lost.OTHER_TYPE: Text(
        fr="Elle est d'un autre type de demande : consentez pour celui-ci.",
        en="It is of another request type: consent for this one.",
    ),
    Lost.UNAVAILABLE: Text(
        fr="Elle n'a pas été certifiée : donnez la réponse et son justificatif.",
        en="It was not certified: give the answer and its document.",
    ),
    Lost.JOINED: Text(
        fr="Elle est jointe à une autre demande : consentez de nouveau pour celle-ci.",
        en="It has joined another request: consent anew for this one.",
    ),
    Lost.UNKNOWN: Text(
        fr="Elle n'existe plus, ou n'est pas à vous : consentez de nouveau, ou donnez la réponse et son justificatif.",
        en="It is no more, or is not yours: consent anew, or give the answer and its document.",
    ),
}


def _lost(error: errors.UnknownCertifiedAnswerError) -> Problem:
    named = [FieldError(f"/certified_answers/{place}", why, LOST[why]) for place, why in error.lost]
    whole = [FieldError("/certified_answers", UNKNOWN.code, _NONE_OF_THESE)]
    return UNKNOWN.problem(_NONE_OF_THESE.fr, _NONE_OF_THESE.en, errors=named or whole)


def _down(error: errors.CertifierDownError) -> Problem:
    return unavailable(error.retry_after)


CERTIFIED_FAULTS: Final[dict[type[Exception], Callable[[Any], Problem]]] = {
    errors.CertifierDownError: _down,
    errors.UnknownCertifiedAnswerError: _lost,
}
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
        _NONE_OF_THESE,
    ),
}
