# SPDX-License-Identifier: EUPL-1.2
"""The PDFs of letters that came as such."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.letter_tables import LetterDocument
from parvis_notifications.db.sending_tables import SentMessage
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.sending import Sender

_OWN: Final = (SentMessage.collectivity, SentMessage.application, SentMessage.kind)


async def add(session: AsyncSession, document: LetterDocument) -> None:
    """In the transaction of its message."""
    session.add(document)
    await session.flush()


async def of_sender(session: AsyncSession, sender: Sender, message_id: UUID) -> bytes:
    """The sealed content of one that the application had sent; raises NotFoundError."""
    wanted = select(LetterDocument.content).join(SentMessage, SentMessage.id == LetterDocument.message_id)
    own = zip(_OWN, (sender.collectivity, sender.application, sender.kind), strict=True)
    wanted = wanted.where(LetterDocument.message_id == message_id, *(column == value for column, value in own))
    content: bytes | None = (await session.execute(wanted)).scalar_one_or_none()
    if content is None:
        raise NotFoundError
    return content


async def to_post(session: AsyncSession, message_id: UUID) -> tuple[bytes, str | None] | None:
    """For the worker: the sealed content and the postage; None where the letter is still to be set."""
    wanted = (
        select(LetterDocument.content, SentMessage.postage)
        .join(SentMessage, SentMessage.id == LetterDocument.message_id)
        .where(LetterDocument.message_id == message_id)
    )
    row = (await session.execute(wanted)).one_or_none()
    return None if row is None else (row.content, row.postage)
