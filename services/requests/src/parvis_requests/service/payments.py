# SPDX-License-Identifier: EUPL-1.2
"""Somebody pays what their request costs, at the provider's: a payment begins, its page is made, and it is looked at.

What begins is stored before the provider is asked for a page, and the page's name before anybody is sent there: a kill
between any two lines leaves either a payment without a page, on which nobody can have paid, or one that is looked at.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_requests.db import payments, requests
from parvis_requests.db.tables import Payment
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import NotAllowedError, NotFoundError, PeriodEndedError
from parvis_requests.domain.payment import MOST_PAYMENTS, PAGE_LIVES, PAGE_OPENS, Fee, PaymentMode, PaymentState
from parvis_requests.domain.payment_errors import (
    AlreadyPaidError,
    NoPaymentsError,
    NotDueError,
    PaymentPendingError,
    PaymentRefusedError,
    TooManyPaymentsError,
    UnknownFeeError,
)
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.payfip import Order, PayFip
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.form import Form

_FIRST_LOOK: Final = timedelta(seconds=30)
RETURN_PATH: Final = "/payment-return"
NOTIFICATION_PATH: Final = "/v1/payments/{payment_id}/notifications"


@dataclass(frozen=True, slots=True)
class Payments:
    """The open parts that payments need; without a provider there are none."""

    database: Database
    catalogues: Catalogues
    persons: PersonKeys
    provider: PayFip | None
    public_url: str

    @property
    def open_provider(self) -> PayFip:
        """The provider; raises NoPaymentsError."""
        if self.provider is None:
            raise NoPaymentsError
        return self.provider


@dataclass(frozen=True, slots=True)
class Costs:
    """What a request costs, with its payments, the oldest first."""

    form: Form
    amounts: Sequence[tuple[Fee, int | None, bool]]
    """Each sum, what it is with the answers that were given, if they say so, and whether it can be paid now."""
    payments: Sequence[tuple[Payment, bool]]
    """Each, and whether its sum is still due."""


async def begin_payment(
    session: AsyncSession, actor: Actor, request_id: UUID, code: str, *, parts: Payments, now: datetime
) -> Payment:
    """Begin to pay a sum of one's own request, or go on with the payment that was begun.

    Raises NotFoundError, NotAllowedError, UnknownFeeError, AlreadyPaidError, NotDueError, PeriodEndedError,
    TooManyPaymentsError, or PaymentPendingError where a page opens no more but may still be paid on.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    if actor.is_agent:
        raise NotAllowedError
    form = await form_of(session, row, parts.catalogues)
    fee = next((each for each in form.fees if each.code == code), None)
    if fee is None:
        raise UnknownFeeError
    requests.entity(row).still_open(form.workflow, now)
    made = [each for each in await payments.of_request(session, row.id) if each.fee == code]
    if any(each.state == PaymentState.PAID for each in made):
        raise AlreadyPaidError
    if fee.code not in _due(row, form, made, now):
        raise NotDueError
    begun = next((each for each in made if each.state == PaymentState.OPEN), None)
    if begun:
        if begun.opened_at and now >= begun.opened_at + PAGE_OPENS:
            raise PaymentPendingError(max(int((begun.opened_at + PAGE_LIVES - now).total_seconds()), 1))
        return begun
    answers = await _answers(row, parts.persons)
    cents = fee.amount(answers)
    if cents is None or not fee.can_be_paid(answers):
        raise NotDueError
    had = await payments.count(session, row.id)
    if had >= MOST_PAYMENTS:
        raise TooManyPaymentsError
    written = next(each for each in form.definition.fees if each.code == code)
    return payments.add(
        session,
        id=uuid7(),
        collectivity=row.collectivity,
        request_id=row.id,
        fee=code,
        state=PaymentState.OPEN,
        amount_cents=cents,
        mode=written.mode,
        client_number=written.client_number,
        reference=f"{row.reference.replace('-', '')}{had + 1:03}",
        # By then it has its page, or never gets one.
        next_look_at=now + PAGE_LIVES,
        created_at=now,
    )


async def open_page(parts: Payments, actor: Actor, payment_id: UUID, email: str, now: datetime) -> Payment:
    """Have the provider make the page of a payment that has none yet.

    Raises PaymentRefusedError, after which another may begin, or ProviderDownError, after which this one goes on.
    """
    async with parts.database.reading() as session:
        payment = await payments.one(session, payment_id)
        row = await requests.one(session, actor, payment.request_id)
        form = await form_of(session, row, parts.catalogues)
    if payment.operation or payment.state != PaymentState.OPEN:
        return payment
    name = next(each.name for each in form.definition.fees if each.code == payment.fee)
    order = Order(
        client_number=payment.client_number,
        mode=PaymentMode(payment.mode),
        reference=payment.reference,
        subject=name.fr,
        cents=payment.amount_cents,
        email=email,
        notify_url=parts.public_url + NOTIFICATION_PATH.format(payment_id=payment.id),
        return_url=f"{parts.public_url}{RETURN_PATH}?payment={payment.id}",
    )
    try:
        operation = await parts.open_provider.create(order, now)
    except PaymentRefusedError:
        await give_up(parts, payment_id, now)
        raise
    async with parts.database.unit_of_work() as uow:
        await payments.opened(uow.session, payment_id, operation, now, now + _FIRST_LOOK)
        await uow.commit()
    async with parts.database.reading() as session:
        return await payments.one(session, payment_id)


async def give_up(parts: Payments, payment_id: UUID, now: datetime) -> None:
    """End a payment that never got a page; there is nothing to tell: nobody was sent anywhere."""
    async with parts.database.unit_of_work() as uow:
        payment = await payments.one(uow.session, payment_id, lock=True)
        if payment.state == PaymentState.OPEN and payment.operation is None:
            payment.state, payment.ended_at, payment.next_look_at = PaymentState.ABANDONED, now, None
        await uow.commit()


async def read_costs(session: AsyncSession, actor: Actor, request_id: UUID, *, parts: Payments, now: datetime) -> Costs:
    """What a request costs that the actor may read; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    form = await form_of(session, row, parts.catalogues)
    made = await payments.of_request(session, row.id)
    answers = await _answers(row, parts.persons) if form.fees else {}
    due = _due(row, form, made, now)
    amounts = [(fee, fee.amount(answers), fee.code in due and fee.can_be_paid(answers)) for fee in form.fees]
    return Costs(form, amounts, [(each, each.fee in due) for each in made])


async def read_payment(
    session: AsyncSession, actor: Actor, request_id: UUID, payment_id: UUID, *, parts: Payments, now: datetime
) -> tuple[Form, Payment, bool]:
    """One payment of a request that the actor may read, and whether its sum is still due; raises NotFoundError."""
    row = await requests.one(session, actor, request_id)
    payment = await payments.one(session, payment_id)
    if payment.request_id != row.id:
        raise NotFoundError
    form = await form_of(session, row, parts.catalogues)
    return form, payment, payment.fee in _due(row, form, await payments.of_request(session, row.id), now)


def _due(row: Row, form: Form, made: Sequence[Payment], now: datetime) -> frozenset[str]:
    """The sums for which somebody may be sent to pay now: an open page of any other would take what is not owed."""
    try:
        requests.entity(row).still_open(form.workflow, now)
    except PeriodEndedError:
        return frozenset()
    paid = {each.fee for each in made if each.state == PaymentState.PAID}
    return frozenset(fee.code for fee in form.fees if row.status in fee.states and fee.code not in paid)


async def _answers(row: Row, persons: PersonKeys) -> dict[str, object]:
    key = await persons.of(row.author)
    answers: dict[str, object] = json.loads(key.open("request.answers", row.answers))
    return answers
