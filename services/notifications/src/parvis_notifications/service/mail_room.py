# SPDX-License-Identifier: EUPL-1.2
"""The town's own mail room as a provider of letters: what is handed to it lies here, sealed, until it has fetched it.

It keeps to the two steps of the port: a letter is a row that the mail room does not see until it is submitted.
"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_notifications.db import mail_room_letters
from parvis_notifications.domain.mail_room import MailRoomState
from parvis_notifications.letter_settings import MailRoomSettings
from parvis_notifications.outgoing.letters import (
    LetterFate,
    LetterRefusal,
    LetterRefusedError,
    LetterReport,
    LetterUnansweredError,
    LetterUnreachableError,
    PostalLetter,
)

ENVELOPE: Final = "mail_room_letter.envelope"
_EVERY_SECONDS: Final = 3_600
_BATCH: Final = 200
_DRAFTS: Final = timedelta(days=7)
_AWAY: Final = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)
_FATES: Final = {
    MailRoomState.PREPARED: LetterFate.PREPARED,
    MailRoomState.WAITING: LetterFate.ACCEPTED,
    MailRoomState.POSTED: LetterFate.POSTED,
    MailRoomState.RETURNED: LetterFate.RETURNED,
    MailRoomState.REFUSED: LetterFate.REFUSED,
}
_log = logger(__name__)


class MailRoom:
    """The mail rooms of all towns."""

    def __init__(self, settings: MailRoomSettings, database: Database, persons: PersonKeys) -> None:
        self.name = settings.name
        self._towns = settings.collectivities
        self._database = database
        self._persons = persons

    async def prepare(self, letter: PostalLetter) -> str:
        """A row that nobody but us sees."""
        if self._towns and letter.collectivity not in self._towns:
            raise LetterRefusedError(LetterRefusal.ELSEWHERE, "no-mail-room")
        id_ = uuid7()
        try:
            key = await self._persons.of(id_)
            lines = {"address": letter.address.lines, "country": letter.address.country, "sender": letter.sender}
            content = await asyncio.to_thread(key.seal_bytes, content_context(id_), letter.pdf)
            async with self._database.unit_of_work() as uow:
                mail_room_letters.add(
                    uow.session,
                    id=id_,
                    collectivity=letter.collectivity,
                    delivery=letter.id,
                    state=MailRoomState.PREPARED,
                    envelope=key.seal(ENVELOPE, json.dumps(lines, ensure_ascii=False)),
                    content=content,
                    sha256=sha256(letter.pdf).digest(),
                    size=len(letter.pdf),
                    postage=letter.postage,
                    created_at=datetime.now(UTC),
                )
                await uow.commit()
        except _AWAY as error:
            raise LetterRefusedError(LetterRefusal.TROUBLE, type(error).__name__) from error
        return str(id_)

    async def submit(self, reference: str) -> None:
        """The mail room sees it; twice is once."""
        try:
            async with self._database.unit_of_work() as uow:
                there = await mail_room_letters.submit(uow.session, UUID(reference))
                await uow.commit()
        except _AWAY as error:
            raise LetterUnansweredError(type(error).__name__) from error
        if not there:
            raise LetterRefusedError(LetterRefusal.TROUBLE, "gone")

    async def report(self, reference: str) -> LetterReport | None:
        """What the mail room has said of it."""
        try:
            async with self._database.reading() as session:
                row = await mail_room_letters.named(session, UUID(reference))
        except _AWAY as error:
            raise LetterUnreachableError(type(error).__name__) from error
        if row is None:
            return None
        return LetterReport(_FATES[MailRoomState(row.state)], row.pages, row.postage_millicents)

    async def withdraw(self, reference: str) -> bool:
        """Delete the row where the mail room has not seen it."""
        try:
            async with self._database.unit_of_work() as uow:
                gone = await mail_room_letters.withdraw(uow.session, UUID(reference))
                await uow.commit()
            if gone:
                await self._persons.destroy(UUID(reference))
        except _AWAY as error:
            raise LetterUnreachableError(type(error).__name__) from error
        return gone

    async def close(self) -> None:
        """It has no connections of its own."""


def content_context(letter_id: UUID) -> str:
    """To what the seal of a PDF is bound."""
    return f"mail_room_letter.content/{letter_id}"


async def purge_mail_room_regularly(database: Database, persons: PersonKeys, kept: timedelta) -> None:
    """Destroy what has had its time, until cancelled."""
    while True:
        removed = 0
        try:
            removed = await purge_mail_room(database, persons, kept)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("mail_room_purge_failed", error=type(error).__name__)
        await asyncio.sleep(1 if removed else _EVERY_SECONDS)


async def purge_mail_room(database: Database, persons: PersonKeys, kept: timedelta) -> int:
    """One batch; returns how many went. What the mail room has never posted in all this time is settled."""
    now = datetime.now(UTC)
    async with database.unit_of_work() as uow:
        rows = await mail_room_letters.old(
            uow.session, drafts_before=now - min(_DRAFTS, kept), all_before=now - kept, limit=_BATCH
        )
        for row in rows:
            if row.state == MailRoomState.WAITING:
                _log.error("mail_room_letter_never_posted", letter=str(row.id), collectivity=row.collectivity)
                await mail_room_letters.never_posted(uow.session, row)
            await persons.destroy(row.id)
        await mail_room_letters.remove(uow.session, [row.id for row in rows])
        await uow.commit()
    return len(rows)
