# SPDX-License-Identifier: EUPL-1.2
"""Addresses that people want as theirs, until they show that they read what is sent there; one a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.profile_tables import EmailChangeRow
from parvis_identity.domain.typed_code import MOST_TRIES


@dataclass(frozen=True, slots=True)
class Wanted:
    """An address, sealed with the person's key, and the hash of the code that was sent to it."""

    address: bytes
    code_hash: bytes


async def put(session: AsyncSession, person: UUID, wanted: Wanted, now: datetime, life: timedelta) -> None:
    """The address that the person wants now; a code that was sent before is worth nothing any more."""
    values = {
        "address": wanted.address,
        "code_hash": wanted.code_hash,
        "tries": 0,
        "created_at": now,
        "expires_at": now + life,
    }
    fresh = insert(EmailChangeRow).values(person=person, **values)
    await session.execute(fresh.on_conflict_do_update(index_elements=["person"], set_=values))


async def try_once(session: AsyncSession, person: UUID, now: datetime) -> Wanted | None:
    """What a code is compared with; the try counts, whatever comes of it. None where no code can be tried any more."""
    waiting = (EmailChangeRow.person == person, EmailChangeRow.expires_at > now, EmailChangeRow.tries < MOST_TRIES)
    found = await session.execute(
        update(EmailChangeRow)
        .where(*waiting)
        .values(tries=EmailChangeRow.tries + 1)
        .returning(EmailChangeRow.address, EmailChangeRow.code_hash)
    )
    row = found.one_or_none()
    return Wanted(row.address, row.code_hash) if row else None


async def address(session: AsyncSession, person: UUID, now: datetime) -> bytes | None:
    """The address whose code is waited for, sealed."""
    waiting = (EmailChangeRow.person == person, EmailChangeRow.expires_at > now, EmailChangeRow.tries < MOST_TRIES)
    found: bytes | None = await session.scalar(select(EmailChangeRow.address).where(*waiting))
    return found


async def remove(session: AsyncSession, person: UUID) -> None:
    """The address is theirs, or is not wanted any more."""
    await session.execute(delete(EmailChangeRow).where(EmailChangeRow.person == person))
