# SPDX-License-Identifier: EUPL-1.2
"""Ask the provider what became of payments, and record it: a notification, or a browser that comes back, says nothing.

What is asked is claimed for some time; whoever asks and is lost leaves it to be asked again.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import payments, requests
from parvis_requests.db.tables import Payment
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.payment import (
    WATCHED,
    Concluded,
    PaymentMode,
    PaymentState,
    Verdict,
    asked_again_after,
    later,
    state_after,
)
from parvis_requests.domain.payment_errors import ProviderDownError
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.payfip import Look, PageMade
from parvis_requests.service.payments import Payments, give_up

_BATCH: Final = 50
_AT_ONCE: Final = 4
# Longer than any call.
_LEASE: Final = timedelta(minutes=2)
# Whoever says that something happened has the provider asked that often at most.
HURRY: Final = timedelta(seconds=2)
# Of what is older the provider tells nothing.
_KEPT: Final = timedelta(days=365)
_FINAL: Final = frozenset({PaymentState.PAID, PaymentState.REFUSED})
_TOLD: Final = frozenset({PaymentState.REFUSED, PaymentState.CANCELLED})
_OUTCOMES = Counter("parvis_payments_concluded_total", "Payments by what became of them", ["outcome"])
_log = logger(__name__)


async def settle_payments(parts: Payments, now: datetime) -> int:
    """Ask of those that are due; returns of how many the provider answered."""
    async with parts.database.reading() as session:
        due = await payments.due(session, now, _BATCH)
    turn = asyncio.Semaphore(_AT_ONCE)

    async def settled(payment_id: UUID) -> bool:
        async with turn:
            try:
                return await _claimed(parts, payment_id, now)
            except ProviderDownError:
                return False
            except Exception as error:  # noqa: BLE001 - its claim runs out, and it is asked again
                _log.warning("payment_not_settled", payment=str(payment_id), error=type(error).__name__)
                return False

    return sum(await asyncio.gather(*(settled(each) for each in due)))


async def settle_fee(parts: Payments, actor: Actor, request_id: UUID, fee: str, now: datetime) -> None:
    """Know what became of the payments of a sum before another begins.

    Raises NotFoundError, NoPaymentsError or ProviderDownError.
    """
    _ = parts.open_provider
    async with parts.database.reading() as session:
        await requests.one(session, actor, request_id)
        made = await payments.of_request(session, request_id)
    for each in made:
        if each.fee == fee and _watched(each, now) and await _looks(parts, each, now):
            await settle(parts, each, now)


async def settle_one(parts: Payments, payment_id: UUID, now: datetime) -> Payment:
    """The payment of which somebody comes back, asked of at once unless it just was; raises NotFoundError.

    It stays as it was known where the provider does not answer: the worker asks again.
    """
    async with parts.database.reading() as session:
        payment = await payments.one(session, payment_id)
    if _watched(payment, now) and await _looks(parts, payment, now):
        try:
            await settle(parts, payment, now)
        except ProviderDownError:
            return payment
        async with parts.database.reading() as session:
            return await payments.one(session, payment_id)
    return payment


async def settle(parts: Payments, payment: Payment, now: datetime) -> None:
    """Ask of one that has a page and was claimed, and record the answer. Raises ProviderDownError."""
    page = PageMade(
        operation=payment.operation or "",
        client_number=payment.client_number,
        mode=PaymentMode(payment.mode),
        reference=payment.reference,
        cents=payment.amount_cents,
        opened_at=payment.opened_at or payment.created_at,
    )
    await _conclude(parts, payment, await parts.open_provider.look(page, now), now)


async def _claimed(parts: Payments, payment_id: UUID, now: datetime) -> bool:
    async with parts.database.unit_of_work() as uow:
        taken = await payments.claim(uow.session, payment_id, now, now + _LEASE)
        await uow.commit()
    if not taken:
        return False
    async with parts.database.reading() as session:
        payment = await payments.one(session, payment_id)
    if payment.operation is None:
        await give_up(parts, payment_id, now)
        return False
    try:
        await settle(parts, payment, now)
    except ProviderDownError:
        await _put_off(parts, payment, now)
        raise
    return True


async def _put_off(parts: Payments, payment: Payment, now: datetime) -> None:
    age = now - (payment.opened_at or payment.created_at)
    if age > _KEPT:
        await _conclude(parts, payment, Look(Verdict.UNKNOWN), now)
        return
    async with parts.database.unit_of_work() as uow:
        held = await payments.one(uow.session, payment.id, lock=True)
        if held.next_look_at == payment.next_look_at:
            held.next_look_at = now + later(age)
        await uow.commit()


async def _conclude(parts: Payments, payment: Payment, look: Look, now: datetime) -> None:
    async with parts.database.unit_of_work() as uow:
        # The request is locked before its payment, as whoever begins one does.
        service = Actor.service(payment.collectivity)
        try:
            request = requests.entity(await requests.one(uow.session, service, payment.request_id, lock=True))
        except NotFoundError:
            return  # it was destroyed, and the payment with it
        held = await payments.one(uow.session, payment.id, lock=True)
        if held.state == PaymentState.PAID:
            return  # somebody else was told it first
        age = now - (held.opened_at or held.created_at)
        state, wait = state_after(look.verdict, age), asked_again_after(look.verdict, age)
        # Who said meanwhile that something happened, after the provider was asked, has it asked again.
        if look.verdict is Verdict.PAID or held.next_look_at == payment.next_look_at:
            held.next_look_at = now + wait if wait else None
        # What was paid counts, whatever was told before; nothing else changes what was told.
        told_before = held.state in _TOLD and state is not PaymentState.PAID
        if not told_before and state not in {held.state, PaymentState.OPEN}:
            held.state, held.ended_at = state, now
            held.means, held.authorisation = look.means, look.authorisation
            held.paid_at = (look.at or now) if state is PaymentState.PAID else None
            after = request.after_payment(paid=state is PaymentState.PAID)
            await requests.save(uow.session, after, now)
            requests.record(uow.session, after, service, f"payment-{state}", now)
            told = Concluded(held.id, held.fee, state, held.amount_cents, PaymentMode(held.mode))
            await outbox.add(uow.session, events.payment_concluded(after, told, now))
            _OUTCOMES.labels(state).inc()
        await uow.commit()


def _watched(payment: Payment, now: datetime) -> bool:
    # Also where it was told that nobody will pay, as long as banks take to say otherwise.
    watched = payment.next_look_at is not None or now - payment.created_at < WATCHED
    return payment.operation is not None and payment.state not in _FINAL and watched


async def _looks(parts: Payments, payment: Payment, now: datetime) -> bool:
    # Kept before the provider is asked: of many who come at once one asks.
    async with parts.database.unit_of_work() as uow:
        taken = await payments.claim_look(uow.session, payment.id, now, HURRY)
        await uow.commit()
    return taken
