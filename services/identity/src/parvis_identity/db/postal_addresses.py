# SPDX-License-Identifier: EUPL-1.2
"""People's postal addresses, sealed with each person's key on the way in."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.profile_tables import PostalAddressRow
from parvis_identity.domain.postal_address import AddressKind, PostalAddress
from parvis_kit.crypto.persons import PersonKey

_COLUMN = "postal_address.content"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAddress:
    """An address as it is kept."""

    id: UUID
    version: int
    address: PostalAddress
    created_at: datetime
    updated_at: datetime


async def of_person(session: AsyncSession, person: UUID, key: PersonKey) -> list[KeptAddress]:
    """The person's, home first and then the oldest."""
    rows = await session.scalars(
        select(PostalAddressRow)
        .where(PostalAddressRow.person == person)
        .order_by(PostalAddressRow.kind, PostalAddressRow.id)
    )
    return [_kept(row, key) for row in rows]


async def find(session: AsyncSession, person: UUID, id_: UUID, key: PersonKey) -> KeptAddress | None:
    """One of the person's."""
    row = await session.scalar(
        select(PostalAddressRow).where(PostalAddressRow.id == id_, PostalAddressRow.person == person)
    )
    return _kept(row, key) if row else None


async def home(session: AsyncSession, person: UUID, key: PersonKey) -> PostalAddress | None:
    """Where the person lives."""
    row = await session.scalar(
        select(PostalAddressRow).where(
            PostalAddressRow.person == person, PostalAddressRow.kind == AddressKind.HOME.value
        )
    )
    return _kept(row, key).address if row else None


async def count(session: AsyncSession, person: UUID) -> int:
    """How many the person has."""
    counted = select(func.count()).select_from(PostalAddressRow).where(PostalAddressRow.person == person)
    return int(await session.scalar(counted) or 0)


async def add(session: AsyncSession, person: UUID, key: PersonKey, kept: KeptAddress) -> None:
    """One more; IntegrityError for a second home."""
    session.add(
        PostalAddressRow(
            id=kept.id,
            person=person,
            kind=kept.address.kind.value,
            content=_sealed(kept.address, key),
            version=kept.version,
            created_at=kept.created_at,
            updated_at=kept.updated_at,
        )
    )
    await session.flush()


async def replace(session: AsyncSession, person: UUID, key: PersonKey, kept: KeptAddress) -> bool:
    """Put it in the place of the version before; False where that is not there. IntegrityError for a second home."""
    changed = await session.scalar(
        update(PostalAddressRow)
        .where(
            PostalAddressRow.id == kept.id,
            PostalAddressRow.person == person,
            PostalAddressRow.version == kept.version - 1,
        )
        .values(
            kind=kept.address.kind.value,
            content=_sealed(kept.address, key),
            version=kept.version,
            updated_at=kept.updated_at,
        )
        .returning(PostalAddressRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def remove(session: AsyncSession, person: UUID, id_: UUID, version: int) -> bool:
    """Take it out; False where that version is not there."""
    removed = await session.scalar(
        delete(PostalAddressRow)
        .where(PostalAddressRow.id == id_, PostalAddressRow.person == person, PostalAddressRow.version == version)
        .returning(PostalAddressRow.id)
    )
    return removed is not None


async def move(session: AsyncSession, source: UUID, key: PersonKey, target: UUID, target_key: PersonKey) -> None:
    """Give all addresses of one account to another, sealed anew; the other's home stays its only one."""
    lives = await home(session, target, target_key) is not None
    for kept in await of_person(session, source, key):
        kind = AddressKind.OTHER if lives else kept.address.kind
        content = {**asdict(kept.address), "kind": kind}
        await session.execute(
            update(PostalAddressRow)
            .where(PostalAddressRow.id == kept.id)
            .values(person=target, kind=kind.value, content=_sealed(PostalAddress(**content), target_key))
            .execution_options(synchronize_session=False)
        )


def _sealed(address: PostalAddress, key: PersonKey) -> bytes:
    return key.seal(_COLUMN, json.dumps(asdict(address)))


def _kept(row: PostalAddressRow, key: PersonKey) -> KeptAddress:
    content = json.loads(key.open(_COLUMN, row.content)) | {"kind": AddressKind(row.kind)}
    return KeptAddress(
        id=row.id,
        version=row.version,
        address=PostalAddress(**content),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
