# SPDX-License-Identifier: EUPL-1.2
"""What a request costs, and its payments: begun here, paid at the provider's, looked at there by the service itself."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, service, token
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import Email, Input, Labelled
from parvis_requests.api.views import instant
from parvis_requests.db import payments as rows
from parvis_requests.db.tables import Payment
from parvis_requests.domain.payment import PAGE_OPENS, PaymentMeans, PaymentMode, PaymentState
from parvis_requests.service.form import Form
from parvis_requests.service.payments import (
    NOTIFICATION_PATH,
    Costs,
    Payments,
    begin_payment,
    open_page,
    read_costs,
    read_payment,
)
from parvis_requests.service.settle_payments import HURRY, settle_fee
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["payments"])
_ALL: Final = "/v1/requests/{request_id}/payments"
_NOTICE_LIMIT: Final = 4_096
# The provider is asked of a payment that was begun before, and for the page of the next.
_START_SECONDS: Final = 45
STATES: Final = {
    PaymentState.OPEN: Text(fr="En cours", en="Open"),
    PaymentState.PAID: Text(fr="Payé", en="Paid"),
    PaymentState.REFUSED: Text(fr="Refusé", en="Refused"),
    PaymentState.CANCELLED: Text(fr="Annulé", en="Cancelled"),
    PaymentState.ABANDONED: Text(fr="Abandonné", en="Abandoned"),
}


class NewPayment(Input):
    """Which sum is to be paid; the provider sends its receipt to the address, which is not kept here."""

    fee: Code
    email: Email = Field(max_length=80)


class PaymentView(BaseModel):
    """A payment; while its page opens, the browser of who pays is sent to `redirect_url`."""

    id: UUID
    request_id: UUID
    fee: Labelled
    state: Labelled
    amount_cents: int
    currency: Literal["EUR"]
    mode: PaymentMode
    reference: str = Field(description="Of the debt, on the accountant's list (*refdet*).")
    redirect_url: str | None
    redirect_ends_at: datetime | None
    means: PaymentMeans | None
    authorisation: str | None = Field(description="Number of the authorisation, as the payer's receipt says it.")
    paid_at: datetime | None
    ended_at: datetime | None = Field(description="Since when this is known.")
    created_at: datetime


class FeeView(BaseModel):
    """A sum that the request costs with its answers; `payable` while it can be paid."""

    fee: Labelled
    amount_cents: int | None = Field(description="Without a number where the answers do not say how many are paid for.")
    currency: Literal["EUR"]
    payable: bool


class _Begun(BaseModel):
    """What a key is remembered with: the payment as it stands is shown to whoever sends it again."""

    payment_id: UUID


class PaymentList(BaseModel):
    """What a request costs, and its payments, the oldest first."""

    fees: list[FeeView]
    items: list[PaymentView]


@routes.post(
    _ALL,
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY], timeout=_START_SECONDS),
    operation_id="startPayment",
    status_code=201,
    response_model=PaymentView,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def start(request_id: UUID, body: NewPayment, request: Request) -> Response:
    """Pay a sum of one's own request; where a payment of it is under way, go on with that one."""
    actor, parts, language = actor_of(request), payments_of(request), language_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())
    await settle_fee(parts, actor, request_id, body.fee, now())

    async def effect(session: AsyncSession) -> Answer:
        begun = await begin_payment(session, actor, request_id, body.fee, parts=parts, now=now())
        return Answer.of(_Begun(payment_id=begun.id))

    known = await parts_of(request).runtime.idempotency.once(call, effect)
    payment_id = _Begun.model_validate_json(bytes(known.body)).payment_id
    await open_page(parts, actor, payment_id, body.email, now())
    async with parts.database.reading() as session:
        form, payment, due = await read_payment(session, actor, request_id, payment_id, parts=parts, now=now())
    headers = _headers(language) | {"Location": f"{_ALL.format(request_id=request_id)}/{payment_id}"}
    view = _view(parts, language, form, payment, due=due)
    return Answer.of(view, headers).response(replayed="Idempotency-Replayed" in known.headers)


@routes.get(
    _ALL,
    **token("requests.requests.read"),
    operation_id="listPayments",
    response_model=PaymentList,
    responses=problems(401, 403, 404, 422),
)
async def list_(request_id: UUID, request: Request, response: Response) -> PaymentList:
    """What the request costs, and its payments."""
    parts, language = payments_of(request), language_of(request)
    async with parts.database.reading() as session:
        costs = await read_costs(session, actor_of(request), request_id, parts=parts, now=now())
    response.headers.update(_headers(language))
    return PaymentList(
        fees=_fee_views(costs, language),
        items=[_view(parts, language, costs.form, each, due=due) for each, due in costs.payments],
    )


@routes.get(
    _ALL + "/{payment_id}",
    **token("requests.requests.read"),
    operation_id="readPayment",
    response_model=PaymentView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, payment_id: UUID, request: Request, response: Response) -> PaymentView:
    """One payment, as far as the provider has told what became of it."""
    parts, language = payments_of(request), language_of(request)
    async with parts.database.reading() as session:
        form, payment, due = await read_payment(
            session, actor_of(request), request_id, payment_id, parts=parts, now=now()
        )
    response.headers.update(_headers(language))
    return _view(parts, language, form, payment, due=due)


@routes.post(
    NOTIFICATION_PATH,
    **service(cors=False, body_limit=_NOTICE_LIMIT),
    operation_id="notifyPayment",
    status_code=204,
    responses=problems(413, 422),
)
async def notify(payment_id: UUID, request: Request) -> None:
    """The provider says that something has happened: it is asked what; anybody else who says so has it asked, too."""
    async with payments_of(request).database.unit_of_work() as uow:
        await rows.hurry(uow.session, payment_id, now(), HURRY)
        await uow.commit()


def payments_of(request: Request) -> Payments:
    """The parts that payments need."""
    parts = parts_of(request)
    runtime = parts.runtime
    return Payments(
        runtime.database, parts.catalogues, runtime.persons, parts.payment_provider, runtime.settings.public_url
    )


def _view(parts: Payments, language: Language, form: Form, payment: Payment, *, due: bool) -> PaymentView:
    ends_at = payment.opened_at + PAGE_OPENS if payment.opened_at else None
    page = page_of(parts, payment, due=due)
    return PaymentView(
        id=payment.id,
        request_id=payment.request_id,
        fee=_label(form, payment.fee, language),
        state=Labelled(code=payment.state, label=STATES[PaymentState(payment.state)].in_language(language)),
        amount_cents=payment.amount_cents,
        currency="EUR",
        mode=PaymentMode(payment.mode),
        reference=payment.reference,
        redirect_url=page,
        redirect_ends_at=instant(ends_at) if page and ends_at else None,
        means=PaymentMeans(payment.means) if payment.means else None,
        authorisation=payment.authorisation,
        paid_at=instant(payment.paid_at) if payment.paid_at else None,
        ended_at=instant(payment.ended_at) if payment.ended_at else None,
        created_at=instant(payment.created_at),
    )


def page_of(parts: Payments, payment: Payment, *, due: bool) -> str | None:
    """Where it can be paid now, while its sum is due."""
    if not due or payment.state != PaymentState.OPEN or payment.operation is None or payment.opened_at is None:
        return None
    in_time = now() < payment.opened_at + PAGE_OPENS
    return parts.provider.page(payment.operation) if in_time and parts.provider else None


def _fee_views(costs: Costs, language: Language) -> list[FeeView]:
    return [
        FeeView(fee=_label(costs.form, fee.code, language), amount_cents=cents, currency="EUR", payable=payable)
        for fee, cents, payable in costs.amounts
    ]


def _label(form: Form, code: str, language: Language) -> Labelled:
    name = next((each.name for each in form.definition.fees if each.code == code), None)
    return Labelled(code=code, label=name.in_language(language) if name else code)


def _headers(language: Language) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
