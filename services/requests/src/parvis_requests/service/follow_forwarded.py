# SPDX-License-Identifier: EUPL-1.2
"""Ask other bodies what became of the requests that they handle, and tell it in the life of each.

A body that knows mySociety's ``servicerequestupdates`` is asked for its updates since the last time, a day at most at
once and with some overlap; any other for the state of each request that has not ended there. What was told once is told
no more, and a kill at any point leaves it to be asked for again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.logs import logger
from parvis_requests.db import forwardings, open311_bodies
from parvis_requests.db.tables import Open311Body
from parvis_requests.domain.forwarding import News
from parvis_requests.domain.open311 import STATUSES
from parvis_requests.outgoing.open311 import CallError, Endpoint, Item, Mishap
from parvis_requests.service.open311_endpoints import Forwarders, answers_again, endpoint_of, spare
from parvis_requests.service.tell_news import tell_news

_BATCH: Final = 20
_AT_ONCE: Final = 50
_OVERLAP: Final = timedelta(minutes=10)
_WINDOW: Final = timedelta(days=1)
_SHORTEST: Final = timedelta(minutes=15)
_WINDOWS: Final = 30
_LONGEST_WORDS: Final = 2_000
_log = logger(__name__)


async def follow_forwarded(parts: Forwarders, every: timedelta, now: datetime) -> int:
    """Ask each body that was not asked for ``every``; returns how many news were told."""
    told = 0
    async with parts.database.reading() as session:
        due = await open311_bodies.to_poll(session, now, _BATCH)
    for body_id in due:
        async with parts.database.unit_of_work() as uow:
            body = await open311_bodies.claim_poll(uow.session, body_id, now, now + every)
            await uow.commit()
        if body is None:
            continue
        there = endpoint_of(body, parts.keys)
        try:
            told += await (_by_updates if body.has_updates else _by_requests)(parts, body, there, now)
        except CallError as error:
            await spare(parts, body_id, error, now)
            _log.warning("following_failed", body=str(body_id), error=error.code)
        except Exception as error:  # noqa: BLE001 - asked again at the next turn, whatever it was
            _log.warning("following_failed", body=str(body_id), error=type(error).__name__)
        else:
            await answers_again(parts, body_id)
    return told


async def _by_updates(parts: Forwarders, body: Open311Body, there: Endpoint, now: datetime) -> int:
    told, since, window = 0, body.polled_until, _WINDOW
    for _ in range(_WINDOWS):
        until = min(since + window, now)
        start = max(since - _OVERLAP, until - _WINDOW)
        try:
            items = await parts.calls.updates(there, start, until)
        except CallError as error:
            # More than the body gives at once: a shorter time holds less.
            if error.mishap is Mishap.REFUSED or error.code == "too-large":
                window = (until - since) / 2
                if window >= _SHORTEST:
                    continue
            raise
        told += await _tell(parts, body.id, items, now)
        async with parts.database.unit_of_work() as uow:
            await open311_bodies.polled(uow.session, body.id, until)
            await uow.commit()
        since = until
        if until >= now:
            break
    return told


async def _by_requests(parts: Forwarders, body: Open311Body, there: Endpoint, now: datetime) -> int:
    told = 0
    while True:
        async with parts.database.reading() as session:
            numbers = await forwardings.to_follow(session, body.id, now, _AT_ONCE)
        if not numbers:
            return told
        told += await _tell(
            parts, body.id, await parts.calls.requests(there, service_request_id=",".join(numbers)), now
        )
        async with parts.database.unit_of_work() as uow:
            await forwardings.followed(uow.session, body.id, numbers, now)
            await uow.commit()


async def _tell(parts: Forwarders, body_id: UUID, items: Sequence[Item], now: datetime) -> int:
    news = [_news(item) for item in sorted(items, key=lambda item: item.get("updated_datetime", ""))]
    async with parts.database.reading() as session:
        ours = await forwardings.known_there(session, body_id, sorted({each.service_request_id for each in news}))
    told = 0
    for each in news:
        if request_id := ours.get(each.service_request_id):
            told += await tell_news(parts, body_id, request_id, each, now)
    return told


def _news(item: Item) -> News:
    status = item.get("status", "").casefold()
    words = item.get("status_notes", "") if "update_id" not in item else item.get("description", "")
    return News(
        service_request_id=item["service_request_id"],
        status=status if status in STATUSES else "unchanged",
        words=words[:_LONGEST_WORDS],
        update_id=item.get("update_id", ""),
    )
