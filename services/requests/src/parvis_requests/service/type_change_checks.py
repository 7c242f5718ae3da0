# SPDX-License-Identifier: EUPL-1.2
"""Whether anything stands in the way of a request's becoming one of another type."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import appeals, merges, payments, requests, transfers
from parvis_requests.db.tables import Forwarding
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.appeal import AppealState
from parvis_requests.domain.errors import MergedError
from parvis_requests.domain.forwarding import ForwardingState
from parvis_requests.domain.payment import PaymentState
from parvis_requests.domain.type_change import TypeChangeError, WhyNot
from parvis_requests.service.form import Form

# What never arrived there, and will not any more.
_STAYED = {ForwardingState.FAILED, ForwardingState.GIVEN_UP}


async def check_change(session: AsyncSession, row: Row, before: Form, after: Form, now: datetime) -> None:
    """Raise TypeChangeError, MergedError or PeriodEndedError where something does; the row is locked."""
    if before.id == after.id:
        raise TypeChangeError(WhyNot.SAME)
    state, request = before.workflow.state(row.status), requests.entity(row)
    if (state and state.final) or before.refusal(row.status):
        raise TypeChangeError(WhyNot.DECIDED)
    request.still_open(before.workflow, now)
    if await merges.of(session, row.id):
        raise MergedError
    if await merges.children(session, row.id):
        raise TypeChangeError(WhyNot.PARENT)
    contested = (await appeals.of_requests(session, [row.id])).get(row.id, [])
    if any(appeal.state == AppealState.OPEN for appeal in contested):
        raise TypeChangeError(WhyNot.APPEALED)
    await check_elsewhere(session, row)
    if await _may_be_paid(session, row):
        raise TypeChangeError(WhyNot.PAYMENT)


async def check_elsewhere(session: AsyncSession, row: Row) -> None:
    """Raise TypeChangeError where another body or administration has the request, or is about to."""
    there = await session.get(Forwarding, row.id)
    if there and there.state not in _STAYED:
        raise TypeChangeError(WhyNot.FORWARDED)
    gone = await transfers.of(session, row.id)
    if gone and gone.failed_at is None:
        raise TypeChangeError(WhyNot.TRANSFERRED)


async def _may_be_paid(session: AsyncSession, row: Row) -> bool:
    """Whether money has come, or can still come: it is for what the former type costs."""
    over = {PaymentState.REFUSED}
    found = await payments.of_request(session, row.id)
    return any(each.state == PaymentState.PAID or (each.state not in over and each.next_look_at) for each in found)
