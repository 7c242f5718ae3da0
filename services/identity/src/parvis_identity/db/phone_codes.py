# SPDX-License-Identifier: EUPL-1.2
"""Codes on their way to people's telephones; one a person."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.profile_tables import PhoneCodeRow
from parvis_identity.domain.typed_code import MOST_TRIES


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code, sealed with the person's key, and what stands for the number that it went to."""

    id: UUID
    person: UUID
    code: bytes
    phone_index: bytes
    expires_at: datetime


async def put(session: AsyncSession, sent: SentCode, now: datetime) -> None:
    """The code that the person is to type; one that was sent before is worth nothing any more."""
    values = {
        "id": sent.id,
        "code": sent.code,
        "phone_index": sent.phone_index,
        "tries": 0,
        "created_at": now,
        "expires_at": sent.expires_at,
    }
    fresh = insert(PhoneCodeRow).values(person=sent.person, **values)
    await session.execute(fresh.on_conflict_do_update(index_elements=["person"], set_=values))


async def try_once(session: AsyncSession, person: UUID, now: datetime) -> SentCode | None:
    """What a code is compared with; the try counts, whatever comes of it. None where no code can be tried any more."""
    waiting = (PhoneCodeRow.person == person, PhoneCodeRow.expires_at > now, PhoneCodeRow.tries < MOST_TRIES)
    found = await session.execute(
        update(PhoneCodeRow)
        .where(*waiting)
        .values(tries=PhoneCodeRow.tries + 1)
        .returning(PhoneCodeRow)
        .execution_options(synchronize_session=False)
    )
    row = found.scalar_one_or_none()
    return _sent(row) if row else None


async def waiting(session: AsyncSession, person: UUID, now: datetime) -> SentCode | None:
    """The code that the person may type, None where none works."""
    works = (PhoneCodeRow.person == person, PhoneCodeRow.expires_at > now, PhoneCodeRow.tries < MOST_TRIES)
    row = await session.scalar(select(PhoneCodeRow).where(*works))
    return _sent(row) if row else None


async def find(session: AsyncSession, id_: UUID, now: datetime) -> SentCode | None:
    """The code of that id, while it can be of use."""
    row = await session.scalar(select(PhoneCodeRow).where(PhoneCodeRow.id == id_, PhoneCodeRow.expires_at > now))
    return _sent(row) if row else None


async def remove(session: AsyncSession, person: UUID) -> None:
    """The number is verified, or is not the account's any more."""
    await session.execute(delete(PhoneCodeRow).where(PhoneCodeRow.person == person))


def _sent(row: PhoneCodeRow) -> SentCode:
    return SentCode(row.id, row.person, row.code, row.phone_index, row.expires_at)
