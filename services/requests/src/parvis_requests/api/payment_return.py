# SPDX-License-Identifier: EUPL-1.2
"""The page to which the provider sends the browser of who has paid, or has not: the service asks it what is true.

It tells a sum and what it is for, and nothing of whom; its address is known to who began the payment.
"""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Language, Text
from parvis_kit.web.operation import problems, router, service
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.pages import PAGES, page
from parvis_requests.api.payments import page_of, payments_of
from parvis_requests.db.tables import Payment
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.payment import PAGE_OPENS, PaymentState
from parvis_requests.domain.request import Actor
from parvis_requests.service.payments import RETURN_PATH, Payments, read_payment
from parvis_requests.service.settle_payments import settle_one

routes = router(tags=["payments"])
_BODY_LIMIT: Final = 4_096
# While it is shown, the provider is asked.
_SECONDS: Final = 35
_AGAIN: Final = Text(
    fr=" Rien n’a été débité\u00a0; vous pouvez recommencer depuis votre demande.",
    en=" Nothing was charged; you may try again from your request.",
)
_WORDS: Final = {
    PaymentState.OPEN: (
        Text(fr="Votre paiement n’est pas encore confirmé", en="Your payment is not confirmed yet"),
        Text(
            fr="{fee}, {amount}\u00a0: si vous avez payé, la confirmation arrive. Ne payez pas une seconde fois.",
            en="{fee}, {amount}: if you have paid, the confirmation is on its way. Do not pay a second time.",
        ),
    ),
    PaymentState.PAID: (
        Text(fr="Votre paiement est reçu", en="Your payment is received"),
        Text(
            fr="{fee}, {amount}\u00a0: c’est payé. PayFiP vous envoie un reçu par courriel.",
            en="{fee}, {amount}: it is paid. PayFiP sends you a receipt by e-mail.",
        ),
    ),
    PaymentState.REFUSED: (
        Text(fr="Votre paiement est refusé", en="Your payment is refused"),
        Text(
            fr="{fee}, {amount}\u00a0: votre banque a refusé." + _AGAIN.fr,
            en="{fee}, {amount}: your bank refused." + _AGAIN.en,
        ),
    ),
    PaymentState.CANCELLED: (
        Text(fr="Votre paiement est annulé", en="Your payment is cancelled"),
        Text(
            fr="{fee}, {amount}\u00a0: vous avez renoncé." + _AGAIN.fr, en="{fee}, {amount}: you gave up." + _AGAIN.en
        ),
    ),
    PaymentState.ABANDONED: (
        Text(fr="Votre paiement n’a pas abouti", en="Your payment was not completed"),
        Text(
            fr="{fee}, {amount}\u00a0: PayFiP n’a pas confirmé ce paiement. Si votre banque l’a débité, il nous"
            " parviendra\u00a0; sinon, recommencez depuis votre demande.",
            en="{fee}, {amount}: PayFiP has not confirmed this payment. If your bank has charged it, it will reach us;"
            " if not, try again from your request.",
        ),
    ),
}
_UNTIL: Final = Text(
    fr=" Si vous n’avez pas payé, vous le pouvez encore jusqu’à {until}.",
    en=" If you have not paid, you still can until {until}.",
)
_LOOK: Final = Text(fr="Actualiser", en="Look again")
_PAY: Final = Text(fr="Retourner payer", en="Go back to pay")
_GONE_TITLE: Final = Text(fr="Ce paiement est inconnu", en="This payment is unknown")
_GONE: Final = Text(
    fr="L’adresse est incomplète, ou la demande n’est plus conservée.",
    en="The address is incomplete, or the request is kept no more.",
)
PaymentId = Annotated[UUID, Query(alias="payment", description="From the address that the provider was given.")]


@routes.get(
    RETURN_PATH,
    **service(cors=False, timeout=_SECONDS),
    operation_id="showPaymentReturn",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(payment_id: PaymentId, request: Request) -> Response:
    """What became of a payment, as the provider says it now."""
    return await _page(request, payment_id)


@routes.post(
    RETURN_PATH,
    **service(cors=False, body_limit=_BODY_LIMIT, timeout=_SECONDS),
    operation_id="returnFromPayment",
    response_class=Response,
    responses=problems(413, 422) | PAGES,
)
async def come_back(payment_id: PaymentId, request: Request) -> Response:
    """The same, for a provider that has the browser post; what it posts is not believed."""
    return await _page(request, payment_id)


async def _page(request: Request, payment_id: UUID) -> Response:
    parts, language = payments_of(request), language_of(request)
    try:
        payment = await settle_one(parts, payment_id, now())
    except NotFoundError:
        title, lead = _GONE_TITLE.in_language(language), _GONE.in_language(language)
        return page(language, 404, title=title, lead=lead)
    fee, due = await _fee(parts, payment, language)
    town = (await parts_of(request).catalogues.of(payment.collectivity)).name.in_language(language)
    title, lead = (words.in_language(language) for words in _WORDS[PaymentState(payment.state)])
    lead, links = lead.format(fee=fee, amount=_amount(payment.amount_cents, language)), []
    if payment.state == PaymentState.OPEN:
        links.append((f"{RETURN_PATH}?payment={payment.id}", _LOOK.in_language(language)))
    if (there := page_of(parts, payment, due=due)) and payment.opened_at:
        until = (payment.opened_at + PAGE_OPENS - timedelta(minutes=1)).astimezone(clock_of(payment.collectivity))
        lead += _UNTIL.in_language(language).format(until=f"{until:%H:%M}")
        links.append((there, _PAY.in_language(language)))
    return page(language, 200, title=title, lead=lead, town=town, links=links)


async def _fee(parts: Payments, payment: Payment, language: Language) -> tuple[str, bool]:
    """What the payment is for, and whether that is still due."""
    service = Actor.service(payment.collectivity)
    async with parts.database.reading() as session:
        form, _, due = await read_payment(session, service, payment.request_id, payment.id, parts=parts, now=now())
    name = next(each.name for each in form.definition.fees if each.code == payment.fee)
    return name.in_language(language), due


def _amount(cents: int, language: Language) -> str:
    euros = f"{cents // 100}.{cents % 100:02}"
    return f"€{euros}" if language == "en" else f"{euros.replace('.', ',')}\u00a0€"
