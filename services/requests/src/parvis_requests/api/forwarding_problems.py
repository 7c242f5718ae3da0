# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with another body, or with a decision on what goes there, is answered."""

from collections.abc import Callable
from typing import Any, Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_outside.destination import UrlRefusedError
from parvis_requests.domain import forwarding_errors as errors
from parvis_requests.domain.transfer import TransferError

ENDPOINT_REFUSED: Final = Kind("endpoint-refused", 422, Text(fr="Adresse refusée", en="Address refused"))
INVALID_BODY: Final = Kind("invalid-receiving-body", 422, Text(fr="Organisme mal décrit", en="Body wrongly described"))
FORWARDED_ELSEWHERE: Final = Kind(
    "forwarded-elsewhere", 409, Text(fr="Déjà transmis à un autre organisme", en="Forwarded to another body already")
)
BODY_IN_USE: Final = Kind("receiving-body-in-use", 409, Text(fr="Organisme en service", en="Body in use"))
TOO_MANY_BODIES: Final = Kind("too-many-receiving-bodies", 409, Text(fr="Trop d'organismes", en="Too many bodies"))
TRANSFER: Final = Kind("not-to-transfer", 409, Text(fr="Transmission impossible", en="Not to be transferred"))
NOT_TO_FORWARD: Final = Kind("not-to-forward", 409, Text(fr="Envoi impossible", en="Not to be forwarded"))
FORWARDING: Final = Kind("not-to-decide", 409, Text(fr="Rien à décider", en="Nothing to decide"))

_MAX_FAULTS: Final = 50
_REASONS: Final[dict[str, Text]] = {
    "not-a-url": Text(fr="Ce n'est pas une adresse complète.", en="This is no absolute URL."),
    "user-or-fragment": Text(
        fr="L'adresse n'a ni nom d'utilisateur ni fragment.", en="The address has no user name and no fragment."
    ),
    "has-a-query": Text(fr="L'adresse n'a pas de requête.", en="The address has no query."),
    "https-required": Text(fr="L'adresse commence par https.", en="The address begins with https."),
    "address-refused": Text(fr="Cette adresse n'est pas publique.", en="This address is not a public one."),
}
_FAULTS: Final[dict[str, Text]] = {
    "unknown-request-type": Text(fr="Ce type de demande n'est pas proposé.", en="This request type is not on offer."),
    "repeated-request-type": Text(
        fr="Ce type de demande est déjà nommé plus haut.", en="This request type is named above already."
    ),
    "unknown-question": Text(
        fr="Le formulaire de ce type n'a pas cette question.", en="The form of this type has no such question."
    ),
    "not-an-act-of-the-service": Text(
        fr="Le déroulement de ce type n'a pas d'action de ce code que le service fasse seul (rôle system).",
        en="The workflow of this type has no act of that code that the service does by itself (role system).",
    ),
}


def endpoint_refused(error: UrlRefusedError) -> Problem:
    """Why nothing is sent to such an address."""
    return ENDPOINT_REFUSED.problem(
        "Corrigez l'adresse de l'organisme.",
        "Correct the address of the body.",
        errors=[FieldError("/endpoint", error.reason, _REASONS[error.reason])],
    )


def invalid_body(error: errors.InvalidBodyError) -> Problem:
    """Each fault, where it stands."""
    return INVALID_BODY.problem(
        "Corrigez ce qui est signalé.",
        "Correct what errors names.",
        errors=[
            FieldError(pointer(("body", *fault.path)), fault.code, _FAULTS[fault.code])
            for fault in error.faults[:_MAX_FAULTS]
        ],
    )


def forwarded_elsewhere(error: errors.ForwardedElsewhereError) -> Problem:
    """Which of the types goes elsewhere."""
    where = f"/services/{error.index}/request_type"
    return FORWARDED_ELSEWHERE.problem(
        "Retirez d'abord ce type à l'autre organisme.",
        "Take this type from the other body first.",
        errors=[FieldError(where, FORWARDED_ELSEWHERE.code, FORWARDED_ELSEWHERE.title)],
    )


FORWARDING_FAULTS: Final[dict[type[Exception], Callable[[Any], Problem]]] = {
    UrlRefusedError: endpoint_refused,
    errors.InvalidBodyError: invalid_body,
    errors.ForwardedElsewhereError: forwarded_elsewhere,
}
FORWARDING_RULES: Final[dict[type[Exception], Rule]] = {
    errors.BodyInUseError: Rule(
        BODY_IN_USE,
        text=Text(
            fr="Des demandes lui sont transmises ou y sont suivies : attendez leur fin, ou renoncez-y.",
            en="Requests are on their way there, or followed there: wait for their end, or give them up.",
        ),
    ),
    errors.TooManyBodiesError: Rule(
        TOO_MANY_BODIES, text=Text(fr="Supprimez un organisme d'abord.", en="Delete a body first.")
    ),
    errors.ForwardingError: Rule(
        FORWARDING,
        text=Text(
            fr="Cette transmission n'attend pas de décision, ou ce numéro est celui d'une autre demande.",
            en="This forwarding waits for no decision, or that number is another request's.",
        ),
    ),
    errors.NotToForwardError: Rule(
        NOT_TO_FORWARD,
        text=Text(
            fr="Aucun organisme ne traite ce type, ou pas ce qui vient d'Open311, ou la demande est déjà partie, close"
            " ou regroupée.",
            en="No body handles this type, or not what came by Open311, or the request has gone already, has ended or"
            " is merged.",
        ),
    ),
    TransferError: Rule(
        TRANSFER,
        text=Text(
            fr="Ni cette destination ni cet acte ne conviennent, ou la demande est déjà partie. Annulez d'abord les"
            " rendez-vous à venir d'une personne sans compte : elle ne pourrait plus le faire.",
            en="Neither that receiver nor that act will do, or the request has gone already. Cancel first what"
            " appointments somebody without an account has ahead: they could do so no more.",
        ),
    ),
}
