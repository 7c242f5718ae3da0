# SPDX-License-Identifier: EUPL-1.2
"""How what goes wrong with a payment is told."""

from collections.abc import Callable
from typing import Any, Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule, unavailable
from parvis_requests.domain import payment_errors as errors

NO_PAYMENTS: Final = Kind("payments-not-offered", 404, Text(fr="Paiement en ligne non offert", en="No online payment"))
UNKNOWN_FEE: Final = Kind("unknown-fee", 422, Text(fr="Somme inconnue", en="Unknown sum"))
NOT_DUE: Final = Kind("nothing-to-pay", 409, Text(fr="Rien à payer", en="Nothing to pay"))
PAID: Final = Kind("already-paid", 409, Text(fr="Déjà payé", en="Paid already"))
TOO_MANY: Final = Kind("too-many-payments", 409, Text(fr="Trop de paiements", en="Too many payments"))
PENDING: Final = Kind("payment-pending", 409, Text(fr="Paiement en cours", en="Payment pending"))
REFUSED: Final = Kind("payment-not-opened", 409, Text(fr="Paiement impossible", en="Payment not possible"))
EMAIL: Final = Kind("payment-email-refused", 422, Text(fr="Adresse refusée", en="Address refused"))
# What PayFiP says of the payer's address: none, or one that cannot be.
_OF_EMAIL: Final = frozenset({"A1", "A2"})


def _pending(error: errors.PaymentPendingError) -> Problem:
    return PENDING.problem(
        "Un paiement a été commencé et son issue n'est pas encore connue ; attendez avant d'en commencer un autre.",
        "A payment was begun and what became of it is not known yet; wait before you begin another.",
        headers={"Retry-After": str(error.retry_after)},
    )


def _refused(error: errors.PaymentRefusedError) -> Problem:
    if error.code in _OF_EMAIL:
        words = Text(fr="PayFiP n'accepte pas cette adresse électronique.", en="PayFiP does not take this address.")
        fault = FieldError("/email", "refused", words)
        return EMAIL.problem("Donnez une autre adresse électronique.", "Give another e-mail address.", errors=[fault])
    return REFUSED.problem(
        f"PayFiP n'ouvre pas ce paiement (code {error.code}) ; prévenez la collectivité.",
        f"PayFiP does not open this payment (code {error.code}); tell the town.",
    )


def _down(error: errors.ProviderDownError) -> Problem:
    return unavailable(error.retry_after)


PAYMENT_FAULTS: Final[dict[type[Exception], Callable[[Any], Problem]]] = {
    errors.PaymentPendingError: _pending,
    errors.PaymentRefusedError: _refused,
    errors.ProviderDownError: _down,
}
PAYMENT_RULES: Final[dict[type[Exception], Rule]] = {
    errors.NoPaymentsError: Rule(
        NO_PAYMENTS,
        text=Text(
            fr="Cette installation n'encaisse rien en ligne ; adressez-vous à la collectivité.",
            en="This installation takes no payment online; turn to the town.",
        ),
    ),
    errors.UnknownFeeError: Rule(
        UNKNOWN_FEE,
        "/fee",
        Text(fr="Prenez un code de la liste de ce que la demande coûte.", en="Take a code of what the request costs."),
    ),
    errors.NotDueError: Rule(
        NOT_DUE,
        text=Text(
            fr="Cette somme ne se paie pas dans cet état, ou pas avec les réponses de la demande.",
            en="This sum is not paid in this state, or not with the answers of the request.",
        ),
    ),
    errors.TooManyPaymentsError: Rule(
        TOO_MANY,
        text=Text(
            fr="Cette demande a été l'objet de trop d'essais de paiement ; adressez-vous à la collectivité.",
            en="Payment for this request was tried too often; turn to the town.",
        ),
    ),
    errors.AlreadyPaidError: Rule(PAID, text=Text(fr="Cette somme a été payée.", en="This sum was paid.")),
}
