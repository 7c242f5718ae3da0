# SPDX-License-Identifier: EUPL-1.2
"""Have an antivirus look at each new file; what it stops is served to nobody, and both sides are told."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.clamd import AntivirusDownError
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.locale import Text
from parvis_kit.logs import logger
from parvis_requests.db import requests, scans
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import Attachment
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.open_attachment import opened
from parvis_requests.service.write_message import store_words

Look = Callable[[bytes], Awaitable[str | None]]
_BATCH: Final = 50
_AGAIN: Final = timedelta(minutes=1)
_FOR_PERSON: Final = Text(
    fr="Notre antivirus a arrêté un fichier que vous avez joint : personne ne l'a ouvert. Envoyez-en un autre, sain.",
    en="Our antivirus stopped a file that you joined: nobody has opened it. Send another one, a clean one.",
)
_log = logger(__name__)


async def scan_files(database: Database, persons: PersonKeys, blobs: Blobs, look: Look, now: datetime) -> int:
    """Look at every file that waits, each judged in a transaction of its own; returns how many were judged.

    While nobody answers the files wait. One on which the antivirus fails is put off and holds up no other. A kill at
    any point leaves the file waiting.
    """
    judged = 0
    while True:
        async with database.reading() as session:
            waiting = await scans.waiting(session, now, _BATCH)
        for attachment in waiting:
            try:
                found = await look(await opened(attachment, attachment.id, persons, blobs))
                judged += await _judge(database, persons, attachment, found, now)
            except AntivirusDownError:
                _log.warning("antivirus_down", waiting=len(waiting))
                return judged
            except Exception as error:  # noqa: BLE001 - looked at again later, whatever it was
                _log.warning("scan_failed", attachment=str(attachment.id), error=type(error).__name__)
                await _postpone(database, attachment, now + _AGAIN)
        if len(waiting) < _BATCH:
            return judged


async def _judge(
    database: Database, persons: PersonKeys, attachment: Attachment, found: str | None, now: datetime
) -> bool:
    async with database.unit_of_work() as uow:
        # The request is locked before its file, as whoever acts on it does.
        request_id = await scans.request_of(uow.session, attachment.id)
        service = Actor.service(attachment.collectivity)
        row = await requests.one(uow.session, service, request_id, lock=True) if request_id else None
        if not await scans.judge(uow.session, attachment.id, request_id, Scan.INFECTED if found else Scan.CLEAN):
            return False  # it has just joined a request: the next round tells that one, too
        if row and found:
            await _tell(uow.session, persons, row, service, f"{attachment.id} : {found}", now)
        await uow.commit()
    return True


async def _tell(session: AsyncSession, persons: PersonKeys, row: Row, service: Actor, what: str, now: datetime) -> None:
    after = requests.entity(row).after_word()
    await requests.save(session, after, now)
    requests.record(session, after, service, "quarantine", now)
    sayings: tuple[tuple[Visibility, str | Text], ...] = (
        (Visibility.INTERNAL, f"Fichier mis en quarantaine par l'antivirus. {what}"),
        (Visibility.PUBLIC, _FOR_PERSON),
    )
    for visibility, words in sayings:
        after = after.after_word()
        await store_words(session, after, service, visibility, words, persons=persons, now=now)


async def _postpone(database: Database, attachment: Attachment, next_at: datetime) -> None:
    async with database.unit_of_work() as uow:
        await scans.postpone(uow.session, attachment.id, next_at)
        await uow.commit()
