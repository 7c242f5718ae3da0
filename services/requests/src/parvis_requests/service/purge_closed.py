# SPDX-License-Identifier: EUPL-1.2
"""Destroy requests whose retention is over: all that is about somebody goes, a row of statistics stays.

The row goes first, in one transaction with the list of what lies elsewhere: files in the blob store, and the key of
somebody who filed without an account. Then these go. Whatever is killed in between is done at the next round, and what
a restored back-up brings back falls due again.
"""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import follows, requests, retention
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import PurgedRequest, Retention
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import day_of
from parvis_requests.service.count_months import count_what_goes
from parvis_requests.service.upload_attachment import thumbnail_of

_BATCH: Final = 100
_log = logger(__name__)


async def purge_closed(database: Database, persons: PersonKeys, blobs: Blobs, now: datetime) -> int:
    """Purge what is due, each request in a transaction of its own; returns how many.

    One that fails holds up no other, and is tried again at the next round.
    """
    total, last = 0, None
    while True:
        async with database.reading() as session:
            waiting = await retention.due(session, now, last, _BATCH)
        for due_at, request_id in waiting:
            last = (due_at, request_id)
            try:
                total += await _purge(database, request_id, now)
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("request_not_purged", request=str(request_id), error=type(error).__name__)
        await destroy_rest(database, persons, blobs)
        if len(waiting) < _BATCH:
            return total


async def destroy_rest(database: Database, persons: PersonKeys, blobs: Blobs) -> None:
    """Destroy what purged requests left outside of the database; safe to repeat, and to be done by two at once."""
    while True:
        async with database.reading() as session:
            rest = await retention.to_destroy(session, _BATCH)
        for each in rest:
            if each.kind == retention.KEY:
                await persons.destroy(each.id)
            else:
                await blobs.delete(each.id)
                await blobs.delete(thumbnail_of(each.id))
        async with database.unit_of_work() as uow:
            await retention.destroyed(uow.session, [each.id for each in rest])
            await uow.commit()
        if len(rest) < _BATCH:
            return


async def _purge(database: Database, request_id: UUID, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        # The request is locked before its retention is read: whoever holds or reopens it locks it, too.
        row = await retention.locked(uow.session, request_id)
        kept = await retention.over(uow.session, request_id, now) if row else None
        if row is None or kept is None:
            return False
        files = await retention.files(uow.session, request_id)
        await retention.destroy(uow.session, row.collectivity, retention.FILE, files)
        if await retention.remove_reporter(uow.session, row):
            await retention.destroy(uow.session, row.collectivity, retention.KEY, [row.author])
        followers = await follows.remove_alone(uow.session, request_id)
        await retention.destroy(uow.session, row.collectivity, retention.KEY, followers)
        await outbox.add(uow.session, events.purged(requests.entity(row).after_word(), now))
        await count_what_goes(uow.session, row)
        await retention.remove(uow.session, row, _statistics(row, kept, now))
        await uow.commit()
    return True


def _statistics(row: Row, kept: Retention, now: datetime) -> PurgedRequest:
    return PurgedRequest(
        id=uuid4(),  # in no order: nothing tells which event spoke of it
        collectivity=row.collectivity,
        reference=row.reference,
        type_id=row.type_id,
        type_code=row.type_code,
        type_version=row.type_version,
        status=row.status,
        team=row.team,
        area=row.area,
        filed_on=day_of(row.created_at),
        ended_on=day_of(kept.ended_at),
        purged_at=now,
    )
