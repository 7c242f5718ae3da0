# SPDX-License-Identifier: EUPL-1.2
"""Files behind the links of mails that applications sent."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from parvis_notifications.db.sent_file_tables import SentFile
from parvis_notifications.domain.errors import NotFoundError


async def add(session: AsyncSession, files: Iterable[SentFile]) -> None:
    """In the transaction of their message."""
    session.add_all(files)
    await session.flush()


async def described(session: AsyncSession, file_id: UUID, now: datetime) -> SentFile:
    """One whose time has not come, without its content; raises NotFoundError."""
    return await _one(session, file_id, now, whole=False)


async def whole(session: AsyncSession, file_id: UUID, now: datetime) -> SentFile:
    """One whose time has not come; raises NotFoundError."""
    return await _one(session, file_id, now, whole=True)


async def take_back(session: AsyncSession, collectivity: str, application: str, message_id: UUID) -> int:
    """Destroy those of a message of that application; returns how many there were."""
    own = (SentFile.collectivity == collectivity, SentFile.application == application)
    gone = delete(SentFile).where(SentFile.message_id == message_id, *own).returning(SentFile.id)
    return len((await session.scalars(gone)).all())


async def _one(session: AsyncSession, file_id: UUID, now: datetime, *, whole: bool) -> SentFile:
    wanted = select(SentFile).where(SentFile.id == file_id, SentFile.expires_at > now)
    found = await session.scalar(wanted if whole else wanted.options(defer(SentFile.content, raiseload=True)))
    if found is None:
        raise NotFoundError
    return found
