# SPDX-License-Identifier: EUPL-1.2
"""Send requests to the body that handles their type: once, wherever the worker or the connection is lost.

Before a request leaves, that it is being sent is stored. What is found in that state later, or was not answered as it
should be, is unsure: an endpoint that honours ``Idempotency-Key`` is sent it again by the same key; of any other it is
first asked whether it shows a request with our reference, and an agent decides where it shows none.
"""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from prometheus_client import Counter

from parvis_kit.logs import logger
from parvis_requests.db import forwardings
from parvis_requests.db.tables import Forwarding, Open311Body
from parvis_requests.domain.forwarding import (
    LOOK_UP_AFTER,
    REPEATABLE_FOR,
    ForwardingState,
    found_in,
    is_late,
    wait_after,
)
from parvis_requests.domain.open311 import w3c_instant
from parvis_requests.outgoing.open311 import CallError, Endpoint, Mishap
from parvis_requests.service.open311_endpoints import Forwarders, answers_again, endpoint_of, spare
from parvis_requests.service.read_forwarded import Leaving, read_leaving
from parvis_requests.service.tell_forwarding import hold, tell_failed, tell_forwarded

_BATCH: Final = 100
_AT_ONCE: Final = 20
# Longer than any call; whoever holds a request that long has been lost.
_LEASE: Final = timedelta(minutes=2)
# For so long a request waits for the antivirus to see its photos; then it goes without those that it has not seen.
_FOR_PHOTOS: Final = timedelta(hours=1)
_A_MOMENT: Final = timedelta(minutes=1)
# The clocks of two bodies differ.
_SKEW: Final = timedelta(minutes=10)
_OUTCOMES = Counter("parvis_open311_forwardings_total", "Requests sent to other bodies by outcome", ["outcome"])
_log = logger(__name__)


async def forward_requests(parts: Forwarders, now: datetime) -> int:
    """Do for each request on its way what is due; returns for how many something was done.

    Bodies are served beside one another, each one request at a time: a dead one delays no other.
    """
    async with parts.database.reading() as session:
        due = await forwardings.due(session, now, _BATCH)
    waiting: dict[UUID, list[UUID]] = defaultdict(list)
    for each in due:
        waiting[each.body_id].append(each.request_id)
    turn = asyncio.Semaphore(_AT_ONCE)

    async def serve(requests: list[UUID]) -> int:
        async with turn:
            return await _serve(parts, requests, now)

    return sum(await asyncio.gather(*(serve(requests) for requests in waiting.values())))


async def _serve(parts: Forwarders, requests: list[UUID], now: datetime) -> int:
    done = 0
    for request_id in requests:
        try:
            if not await _forward(parts, request_id, now):
                break
            done += 1
        except Exception as error:  # noqa: BLE001 - its claim runs out, and it is looked at again
            _log.warning("forwarding_failed", request=str(request_id), error=type(error).__name__)
    return done


async def _forward(parts: Forwarders, request_id: UUID, now: datetime) -> bool:
    """Whether the body can be given the next one."""
    async with parts.database.unit_of_work() as uow:
        claimed = await forwardings.claim(uow.session, request_id, now, now + _LEASE)
        leaving = await read_leaving(uow.session, claimed, parts) if claimed else None
        if claimed and isinstance(leaving, Leaving) and _waits_for_photos(claimed, leaving, now):
            # In the claim's own transaction: nobody sees it as being sent, and the wait is no try.
            waits = {"state": ForwardingState.WAITING, "first_sent_at": None, "tries": claimed.tries - 1}
            await forwardings.settle(uow.session, claimed, now, **waits, next_at=now + _A_MOMENT)
            leaving = None
        await uow.commit()
    if claimed is None or leaving is None:
        return True
    if isinstance(leaving, str):
        return await _fail(parts, claimed, leaving, "", now)
    there = endpoint_of(leaving.body, parts.keys)
    try:
        await _next_step(parts, claimed, leaving, there, now)
    except CallError as error:
        _OUTCOMES.labels(error.mishap.name.lower()).inc()
        await _not_done(parts, claimed, leaving.body, error, now)
        return not await spare(parts, claimed.body_id, error, now)
    await answers_again(parts, claimed.body_id)
    return True


def _waits_for_photos(claimed: Forwarding, leaving: Leaving, now: datetime) -> bool:
    first = claimed.state == ForwardingState.SENDING
    return first and not leaving.whole and now - claimed.created_at < _FOR_PHOTOS


async def _next_step(parts: Forwarders, claimed: Forwarding, leaving: Leaving, there: Endpoint, now: datetime) -> None:
    if claimed.state == ForwardingState.ACCEPTED:
        number = await parts.calls.number_of(there, claimed.token or "")
        await (_keep_number(parts, claimed, number, now) if number else _wait(parts, claimed, now))
        return
    if claimed.state == ForwardingState.UNSURE and not _repeatable(claimed, leaving.body, now):
        await _look_up(parts, claimed, leaving, there, now)
        return
    receipt = await parts.calls.file(there, leaving.form, str(claimed.request_id))
    if receipt.service_request_id:
        await _keep_number(parts, claimed, receipt.service_request_id, now)
    else:
        await _settle(parts, claimed, now, state=ForwardingState.ACCEPTED, token=receipt.token, next_at=now, error=None)


def _repeatable(claimed: Forwarding, body: Open311Body, now: datetime) -> bool:
    first = claimed.first_sent_at
    return body.idempotent and first is not None and now - first < REPEATABLE_FOR


async def _look_up(parts: Forwarders, claimed: Forwarding, leaving: Leaving, there: Endpoint, now: datetime) -> None:
    sent = claimed.first_sent_at or claimed.created_at
    time = {"start_date": w3c_instant(sent - _SKEW), "end_date": w3c_instant(now + _SKEW)}
    shown = await parts.calls.requests(there, service_code=leaving.rule.service_code, **time)
    if number := found_in(leaving.reference, shown):
        await _keep_number(parts, claimed, number, now)
    elif claimed.look_ups < len(LOOK_UP_AFTER):
        next_at, looked = now + LOOK_UP_AFTER[claimed.look_ups], claimed.look_ups + 1
        await _settle(parts, claimed, now, next_at=next_at, look_ups=looked, error="not-answered")
    else:
        await _fail(parts, claimed, "unknown-whether-received", "", now)


async def _not_done(parts: Forwarders, claimed: Forwarding, body: Open311Body, error: CallError, now: datetime) -> None:
    sending = claimed.state == ForwardingState.SENDING
    if error.mishap is Mishap.REFUSED and claimed.state != ForwardingState.UNSURE:
        await _fail(parts, claimed, error.code, error.said, now)
    elif sending and error.mishap is Mishap.UNKNOWN:
        # Repeated at once where that is safe; else looked for first.
        next_at = now + (wait_after(1) if body.idempotent else LOOK_UP_AFTER[0])
        await _settle(parts, claimed, now, state=ForwardingState.UNSURE, next_at=next_at, error=error.code)
    elif is_late(claimed.created_at, now):
        await _fail(parts, claimed, error.code, error.said, now)
    else:
        state = ForwardingState.WAITING if sending else claimed.state
        await _settle(parts, claimed, now, state=state, next_at=now + wait_after(claimed.tries), error=error.code)


async def _wait(parts: Forwarders, claimed: Forwarding, now: datetime) -> None:
    await _settle(parts, claimed, now, next_at=now + wait_after(claimed.tries), error=None)


async def _settle(parts: Forwarders, claimed: Forwarding, now: datetime, **said: Any) -> None:
    async with parts.database.unit_of_work() as uow:
        await forwardings.settle(uow.session, claimed, now, **said)
        await uow.commit()


async def _keep_number(parts: Forwarders, claimed: Forwarding, number: str, now: datetime) -> None:
    async with parts.database.unit_of_work() as uow:
        await hold(uow.session, claimed)
        taken = await forwardings.has_number(uow.session, claimed.body_id, number)
        said = {"state": ForwardingState.FOLLOWED, "service_request_id": number, "followed_at": now, "error": None}
        if not taken and await forwardings.settle(uow.session, claimed, now, **said):
            await tell_forwarded(uow.session, claimed, number, parts.persons, now)
            await uow.commit()
    _OUTCOMES.labels("taken" if not taken else "refused").inc()
    if taken:
        await _fail(parts, claimed, "number-taken", number, now)


async def _fail(parts: Forwarders, claimed: Forwarding, code: str, said: str, now: datetime) -> bool:
    async with parts.database.unit_of_work() as uow:
        await hold(uow.session, claimed)
        if await forwardings.settle(uow.session, claimed, now, state=ForwardingState.FAILED, error=code):
            await tell_failed(uow.session, claimed, code, said, parts.persons, now)
            await uow.commit()
    _log.warning("forwarding_gave_up", request=str(claimed.request_id), error=code)
    return True
