# SPDX-License-Identifier: EUPL-1.2
"""An application sends files by mail: each lies behind a link of its own, which is what the mail says instead.

The link holds the key. What is kept is sealed with it, so that neither the database nor a back-up of it shows a file
(docs/decisions/0103-files-lie-behind-links-that-hold-their-key.md).
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.clamd import AntivirusDownError, AntivirusFailedError
from parvis_files.content import media_type_of
from parvis_files.errors import FileError, UnknownFileError
from parvis_kit.crypto.keys import BlindIndex, SealingKey, UnreadableError
from parvis_kit.ids import uuid7
from parvis_notifications.db import sent_files
from parvis_notifications.db.sent_file_tables import SentFile
from parvis_notifications.domain.errors import AntivirusAwayError, InfectedFileError, NotFoundError
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.sent_file import KEY_BYTES, FileFault, FileLink, SentFileError, fitting_name, type_of

SENT_FILE_PATH: Final = "/sent-file"
Look = Callable[[bytes], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class FileWish:
    """A file to send: under which name, for how long, and whether whoever opens it says to which address it went."""

    content: bytes
    name: str | None
    kept_for: timedelta
    confirm: bool


@dataclass(frozen=True, slots=True)
class FittingFile:
    """One that may be sent, under the name that it will be saved as."""

    wish: FileWish
    name: str
    media_type: str


async def fitting(wish: FileWish, look: Look | None) -> FittingFile:
    """Look at a file, outside of any transaction; raises SentFileError, InfectedFileError, AntivirusAwayError."""
    if not wish.content:
        raise SentFileError(FileFault.EMPTY)
    name = fitting_name(wish.name) if wish.name is not None else None
    ending, media_type = await asyncio.to_thread(_typed, wish.content, name)
    if look is not None:
        try:
            found = await look(wish.content)
        except (AntivirusDownError, AntivirusFailedError) as error:
            raise AntivirusAwayError from error
        if found is not None:
            raise InfectedFileError
    return FittingFile(wish, name or f"document.{ending}", media_type)


def linked(public_url: str, link: FileLink) -> str:
    """Where a file is fetched."""
    return f"{public_url}{SENT_FILE_PATH}?{urlencode({'token': link.token()})}"


def new_link() -> FileLink:
    """For a file that is about to be sent."""
    return FileLink(uuid7(), os.urandom(KEY_BYTES))


async def keep(
    session: AsyncSession,
    index: BlindIndex,
    sender: Sender,
    to: str,
    message_id: UUID,
    files: Sequence[tuple[FileLink, FittingFile]],
    now: datetime,
) -> None:
    """Keep the files of a mail to that address, in its transaction."""
    rows = [await asyncio.to_thread(_row, index, sender, to, message_id, link, file, now) for link, file in files]
    await sent_files.add(session, rows)


def name_of(row: SentFile, link: FileLink) -> str:
    """The name of a file; raises NotFoundError where the link does not open it."""
    return _opened(link, row.name, "name").decode()


async def content_of(row: SentFile, link: FileLink) -> bytes:
    """The very file that was sent; raises NotFoundError where the link does not open it."""
    return await asyncio.to_thread(_opened, link, row.content, "content")


def is_for(row: SentFile, index: BlindIndex, address: str) -> bool:
    """Whether that address, in its normal form, is the one that it was sent to."""
    return row.recipient_index == _recipient(index, row.collectivity, address)


def _typed(content: bytes, name: str | None) -> tuple[str, str]:
    try:
        binary: str | None = media_type_of(content, sheets=True)
    except UnknownFileError:
        binary = None
    except FileError as error:
        raise SentFileError(FileFault.TYPE, "archive") from error
    return type_of(binary, content, name)


def _row(
    index: BlindIndex,
    sender: Sender,
    to: str,
    message_id: UUID,
    link: FileLink,
    file: FittingFile,
    now: datetime,
) -> SentFile:
    key, wish = SealingKey(link.key), file.wish
    return SentFile(
        id=link.id,
        collectivity=sender.collectivity,
        application=sender.application,
        message_id=message_id,
        name=key.seal(file.name.encode(), _context(link, "name")),
        content=key.seal(wish.content, _context(link, "content")),
        media_type=file.media_type,
        size=len(wish.content),
        recipient_index=_recipient(index, sender.collectivity, to) if wish.confirm else None,
        created_at=now,
        expires_at=now + wish.kept_for,
    )


def _opened(link: FileLink, sealed: bytes, part: str) -> bytes:
    try:
        return SealingKey(link.key).open(sealed, _context(link, part))
    except UnreadableError as error:
        raise NotFoundError from error


def _context(link: FileLink, part: str) -> str:
    return f"sent_file/{link.id}/{part}"


def _recipient(index: BlindIndex, collectivity: str, address: str) -> bytes:
    return index.of("sent_file.recipient", f"{collectivity}/{address.casefold()}")
