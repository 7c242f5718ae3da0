# SPDX-License-Identifier: EUPL-1.2
"""An application has its own PDF posted: looked at before anything is kept, then sealed with its recipient's key.

To whom it goes is read where the window of the envelope shows it: the same words that whoever carries it sees. What
cannot be posted is refused at once and leaves nothing
(docs/decisions/0075-letters-of-others-are-read-before-they-are-kept.md).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.clamd import AntivirusDownError, AntivirusFailedError
from parvis_files.content import media_type_of
from parvis_files.errors import FileError, PdfError, PdfFault
from parvis_files.pdf import Frame, sheets_of
from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_notifications.db import letter_documents, sending_jobs
from parvis_notifications.db.letter_tables import LetterDocument
from parvis_notifications.domain.errors import AntivirusAwayError, GuestsOnlyError, InfectedFileError
from parvis_notifications.domain.precompiled_letter import MOST_PAGES, WINDOW, Postage
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.sms import length
from parvis_notifications.service.postal_addresses import address_of, kept_address
from parvis_notifications.service.render_template import Variants
from parvis_notifications.service.send_message import Order, count, delivery_row, message_row, sent_row

Look = Callable[[bytes], Awaitable[str | None]]
# All its words are in the PDF.
_WORDLESS: Final = Variants("", "", "", "", length(""), "")


@dataclass(frozen=True, slots=True)
class Precompiled:
    """A PDF that can be posted, of so many pages, to the address that its window shows, as it is kept."""

    content: bytes
    pages: int
    to: str


async def examined(content: bytes, look: Look | None) -> Precompiled:
    """What it is, outside of any transaction.

    Raises InfectedFileError, AntivirusAwayError, PdfError, PdfNotNowError, or PostalAddressError where the window
    shows no address.
    """
    try:
        if media_type_of(content) != "application/pdf":
            raise PdfError(PdfFault.UNREADABLE)
    except FileError as error:
        raise PdfError(PdfFault.UNREADABLE) from error
    if look is not None:
        try:
            found = await look(content)
        except (AntivirusDownError, AntivirusFailedError) as error:
            raise AntivirusAwayError from error
        if found is not None:
            raise InfectedFileError
    sheets = await sheets_of(content, MOST_PAGES, Frame(*WINDOW))
    return Precompiled(content, sheets.pages, kept_address(address_of(sheets.lines)))


async def send_precompiled(
    session: AsyncSession, sender: Sender, order: Order, letter: Precompiled, postage: Postage | None, now: datetime
) -> UUID:
    """In the caller's transaction: message, PDF and delivery together; raises GuestsOnlyError, TooManySentError."""
    if not sender.may_write_to(order.to):
        raise GuestsOnlyError
    message_id = uuid7()
    await sending_jobs.write(
        session,
        [message_row(sender, order, message_id, "fr", _WORDLESS, now)],
        [delivery_row(sender, order, message_id, uuid7(), now)],
        [sent_row(sender, order, message_id, None, now) | {"postage": postage}],
    )
    sealed = await asyncio.to_thread(order.key.seal_bytes, _context(message_id), letter.content)
    document = LetterDocument(
        message_id=message_id,
        collectivity=sender.collectivity,
        content=sealed,
        size=len(letter.content),
        pages=letter.pages,
    )
    await letter_documents.add(session, document)
    await count(session, sender, 1, now, order.channel)
    return message_id


async def open_document(key: PersonKey, message_id: UUID, sealed: bytes) -> bytes:
    """The very PDF that came."""
    return await asyncio.to_thread(key.open_bytes, _context(message_id), sealed)


def _context(message_id: UUID) -> str:
    return f"letter_document/{message_id}"
