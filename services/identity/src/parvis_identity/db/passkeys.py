# SPDX-License-Identifier: EUPL-1.2
"""Passkeys of people, whether they have an account of ours or come through a provider."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import PasskeyRow
from parvis_identity.domain.passkey import MAX_PASSKEYS, Passkey


async def of_person(session: AsyncSession, person: UUID) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    rows = await session.scalars(
        select(PasskeyRow)
        .where(PasskeyRow.person == person)
        .order_by(PasskeyRow.created_at, PasskeyRow.id)
        .limit(MAX_PASSKEYS)
    )
    return [_passkey(row) for row in rows]


async def by_credential(session: AsyncSession, credential_id: bytes) -> Passkey | None:
    """The passkey that its device calls so, or None."""
    row = await session.scalar(select(PasskeyRow).where(PasskeyRow.credential_id == credential_id))
    return _passkey(row) if row else None


async def add(session: AsyncSession, passkey: Passkey) -> bool:
    """One more; False where somebody has registered that credential already."""
    added = await session.scalar(
        insert(PasskeyRow)
        .values(
            id=passkey.id,
            person=passkey.person,
            credential_id=passkey.credential_id,
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
            transports=list(passkey.transports),
            synced=passkey.synced,
            backed_up=passkey.backed_up,
            label=passkey.label,
            created_at=passkey.created_at,
        )
        .on_conflict_do_nothing(index_elements=["credential_id"])
        .returning(PasskeyRow.id)
    )
    return added is not None


async def use(session: AsyncSession, id_: UUID, sign_count: int, now: datetime, *, backed_up: bool) -> bool:
    """Note a signature; False where the counter does not go forward: a copy of the key has signed (section 7.2)."""
    # A counter that stays at nought is none: most synced passkeys have no other.
    forward = PasskeyRow.sign_count < sign_count if sign_count else PasskeyRow.sign_count == 0
    used = await session.scalar(
        update(PasskeyRow)
        .where(PasskeyRow.id == id_, forward)
        .values(sign_count=sign_count, backed_up=backed_up, last_used_at=now)
        .returning(PasskeyRow.id)
    )
    return used is not None


async def rename(session: AsyncSession, person: UUID, id_: UUID, label: bytes) -> bool:
    """Call it something else; False where the person has no such passkey."""
    renamed = await session.scalar(
        update(PasskeyRow)
        .where(PasskeyRow.id == id_, PasskeyRow.person == person)
        .values(label=label)
        .returning(PasskeyRow.id)
    )
    return renamed is not None


async def remove(session: AsyncSession, person: UUID, id_: UUID) -> bool:
    """It opens nothing any more; False where the person has no such passkey."""
    removed = await session.scalar(
        delete(PasskeyRow).where(PasskeyRow.id == id_, PasskeyRow.person == person).returning(PasskeyRow.id)
    )
    return removed is not None


def _passkey(row: PasskeyRow) -> Passkey:
    return Passkey(
        id=row.id,
        person=row.person,
        credential_id=row.credential_id,
        public_key=row.public_key,
        sign_count=row.sign_count,
        transports=tuple(row.transports),
        synced=row.synced,
        backed_up=row.backed_up,
        label=row.label,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
