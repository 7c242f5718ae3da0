# SPDX-License-Identifier: EUPL-1.2
"""Letters that wait to be sent, and the links of those that were."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import LetterRow, MailLinkRow


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that this process is to write, for the ``attempt``-th time."""

    id: UUID
    details: bytes
    attempt: int


async def add(session: AsyncSession, id_: UUID, details: bytes, now: datetime, life: timedelta) -> None:
    """A letter to write soon."""
    session.add(LetterRow(id=id_, details=details, next_attempt_at=now, created_at=now, expires_at=now + life))


async def claim(session: AsyncSession, now: datetime, lease: timedelta) -> Claimed | None:
    """The letter that is due for longest; nobody else takes it before the lease is over."""
    due = (
        select(LetterRow.id)
        .where(LetterRow.next_attempt_at <= now, LetterRow.expires_at > now)
        .order_by(LetterRow.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = await session.scalar(
        update(LetterRow)
        .where(LetterRow.id == due.scalar_subquery())
        .values(attempts=LetterRow.attempts + 1, next_attempt_at=now + lease)
        .returning(LetterRow)
    )
    return Claimed(row.id, row.details, row.attempts) if row else None


async def postpone(session: AsyncSession, id_: UUID, until: datetime) -> None:
    """Try again then."""
    await session.execute(update(LetterRow).where(LetterRow.id == id_).values(next_attempt_at=until))


async def remove(session: AsyncSession, id_: UUID) -> None:
    """The letter is sent, or never will be."""
    await session.execute(delete(LetterRow).where(LetterRow.id == id_))


async def add_link(
    session: AsyncSession, token_hash: bytes, email_index: bytes, details: bytes, now: datetime, life: timedelta
) -> None:
    """A link more for that address."""
    session.add(
        MailLinkRow(
            token_hash=token_hash,
            email_index=email_index,
            details=details,
            created_at=now,
            expires_at=now + life,
        )
    )


async def link(session: AsyncSession, token_hash: bytes, now: datetime) -> bytes | None:
    """The sealed details of a link that can still be used."""
    found: bytes | None = await session.scalar(
        select(MailLinkRow.details).where(MailLinkRow.token_hash == token_hash, MailLinkRow.expires_at > now)
    )
    return found


async def spend_link(session: AsyncSession, token_hash: bytes, now: datetime) -> bool:
    """Use a link, and with it all others of its address; False when somebody was faster, or too late."""
    index = await session.scalar(
        delete(MailLinkRow)
        .where(MailLinkRow.token_hash == token_hash, MailLinkRow.expires_at > now)
        .returning(MailLinkRow.email_index)
    )
    if index is None:
        return False
    await forget_links(session, index)
    return True


async def forget_links(session: AsyncSession, email_index: bytes) -> None:
    """No link that was sent to that address opens anything any more."""
    await session.execute(delete(MailLinkRow).where(MailLinkRow.email_index == email_index))
