# SPDX-License-Identifier: EUPL-1.2
"""Second factors of accounts of our own; each statement that spends one can be won by one caller only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import RecoveryCodeRow, TotpRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Totp:
    """What an application of the person shares with us; ``secret`` is sealed with the person's key."""

    person: UUID
    secret: bytes
    last_step: int


async def of_person(session: AsyncSession, person: UUID) -> Totp | None:
    """The person's second factor, or None."""
    row = await session.get(TotpRow, person)
    return Totp(person=row.person, secret=row.secret, last_step=row.last_step) if row else None


async def add(session: AsyncSession, totp: Totp, now: datetime) -> bool:
    """The person's second factor from now on; False where they have one already."""
    added = await session.scalar(
        insert(TotpRow)
        .values(person=totp.person, secret=totp.secret, last_step=totp.last_step, created_at=now)
        .on_conflict_do_nothing(index_elements=["person"])
        .returning(TotpRow.person)
    )
    return added is not None


async def spend_step(session: AsyncSession, person: UUID, step: int) -> bool:
    """Use a time step's code; False for one that was used, or is older than one that was (RFC 6238 section 5.2)."""
    spent = await session.scalar(
        update(TotpRow)
        .where(TotpRow.person == person, TotpRow.last_step < step)
        .values(last_step=step)
        .returning(TotpRow.person)
    )
    return spent is not None


async def remove(session: AsyncSession, person: UUID) -> None:
    """The account has one factor again."""
    await session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person == person))
    await session.execute(delete(TotpRow).where(TotpRow.person == person))


async def put_codes(session: AsyncSession, person: UUID, hashes: Iterable[bytes], now: datetime) -> None:
    """These codes on paper, and no others."""
    await session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person == person))
    session.add_all(RecoveryCodeRow(person=person, code_hash=hash_, created_at=now) for hash_ in hashes)
    await session.flush()


async def spend_code(session: AsyncSession, person: UUID, code_hash: bytes) -> bool:
    """Use a code on paper; False for one that is not there, or no longer."""
    spent = await session.scalar(
        delete(RecoveryCodeRow)
        .where(RecoveryCodeRow.person == person, RecoveryCodeRow.code_hash == code_hash)
        .returning(RecoveryCodeRow.person)
    )
    return spent is not None


async def codes_left(session: AsyncSession, person: UUID) -> int:
    """How many codes on paper still work."""
    query = select(func.count()).select_from(RecoveryCodeRow).where(RecoveryCodeRow.person == person)
    return await session.scalar(query) or 0
