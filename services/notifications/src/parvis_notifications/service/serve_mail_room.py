# SPDX-License-Identifier: EUPL-1.2
"""The mail room fetches the letters that wait for it, and says what became of each."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db import keyset
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal
from parvis_notifications import events
from parvis_notifications.db import mail_room_letters
from parvis_notifications.db.mail_room_tables import MailRoomLetter
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.mail_room import Acknowledgement, MailRoomState, check_follows
from parvis_notifications.service.mail_room import ENVELOPE, content_context

# Rooms look every few minutes for what is new: of the same letters once a day is told, lest who looks at the list of
# those who read finds nothing else in it.
_TOLD_AGAIN: Final = timedelta(days=1)
_SAID: Final = Counter("parvis_mail_room_letters_total", "What mail rooms said of letters", ["outcome"])


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """A letter that waits; ``envelope`` has the lines of address and sender, and the country."""

    row: MailRoomLetter
    envelope: dict[str, Any]


async def list_waiting(
    session: AsyncSession,
    persons: PersonKeys,
    room: Principal,
    position: keyset.Position | None,
    limit: int,
    now: datetime,
) -> keyset.Slice[OpenLetter]:
    """One page of those that wait, the newest first; their persons are told who read to whom the letters go."""
    found = await mail_room_letters.page(session, room.collectivity, position, limit)
    keys = await persons.of_many({row.id for row in found.rows})
    letters = [
        OpenLetter(row, json.loads(keys[row.id].open(ENVELOPE, row.envelope)))
        for row in found.rows
        if row.id in keys and row.envelope is not None
    ]
    await _tell_listed(session, room, [letter.row.id for letter in letters], now)
    return keyset.Slice(letters, found.next, found.previous)


async def _tell_listed(session: AsyncSession, room: Principal, ids: Sequence[UUID], now: datetime) -> None:
    told = [
        events.data_accessed(
            message_id=message,
            person=person,
            client_id=room.client_id,
            collectivity=room.collectivity,
            at=now,
            category="letter-address",
        )
        for message, person in await mail_room_letters.listed(session, ids, room.client_id, now, now - _TOLD_AGAIN)
    ]
    if told:
        await outbox.add(session, *told)


async def read_document(
    session: AsyncSession, persons: PersonKeys, room: Principal, letter_id: UUID, now: datetime
) -> bytes:
    """The PDF; its person is told who read it. Raises NotFoundError, once it was posted as well."""
    row = await mail_room_letters.one(session, room.collectivity, letter_id)
    if row.content is None:
        raise NotFoundError
    try:
        key = await persons.of(letter_id)
    except KeyDestroyedError as error:
        raise NotFoundError from error
    content = await asyncio.to_thread(key.open_bytes, content_context(letter_id), row.content)
    if written := await mail_room_letters.written_to(session, row.delivery):
        message, person = written
        told = events.data_accessed(
            message_id=message, person=person, client_id=room.client_id, collectivity=row.collectivity, at=now
        )
        await outbox.add(session, told)
    return content


async def acknowledge(
    session: AsyncSession, room: Principal, letter_id: UUID, said: Acknowledgement, *, now: datetime, clock: ZoneInfo
) -> None:
    """Keep what the mail room says, and have it told; safe to repeat. The caller destroys the letter's key.

    By its clocks no day is to come.

    Raises NotFoundError, NotItsTurnError, NotYetError.
    """
    row = await mail_room_letters.one(session, room.collectivity, letter_id, locked=True)
    if not check_follows(MailRoomState(row.state), said, now.astimezone(clock).date()):
        return
    row.state, row.happened_on, row.settled_by, row.settled_at = said.outcome, said.happened_on, room.client_id, now
    row.pages = said.pages if said.pages is not None else row.pages
    row.postage_millicents = said.postage_millicents if said.postage_millicents is not None else row.postage_millicents
    row.envelope = row.content = None
    await mail_room_letters.ask_now(session, row.delivery)
    await session.flush()
    _SAID.labels(said.outcome).inc()
