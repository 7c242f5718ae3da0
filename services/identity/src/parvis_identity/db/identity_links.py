# SPDX-License-Identifier: EUPL-1.2
"""The ways into an account: identities of providers that are linked to it, a password of ours, passkeys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import LocalAccountRow, PasskeyRow
from parvis_identity.db.tables import IdentityLinkRow
from parvis_kit.crypto.persons import PersonKey

_LISTED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An identity of a provider by which somebody comes in; what the provider calls them is not shown."""

    id: UUID
    issuer: str
    created_at: datetime
    last_used_at: datetime


async def of_person(session: AsyncSession, person: UUID) -> list[Link]:
    """The person's links, the oldest first."""
    rows = await session.scalars(
        select(IdentityLinkRow).where(IdentityLinkRow.person == person).order_by(IdentityLinkRow.id).limit(_LISTED)
    )
    return [
        Link(id=row.id, issuer=row.issuer, created_at=row.created_at, last_used_at=row.last_used_at) for row in rows
    ]


async def ways_in(session: AsyncSession, person: UUID) -> int:
    """How many ways lead into the account."""
    links = select(func.count()).where(IdentityLinkRow.person == person).scalar_subquery()
    own = select(func.count()).where(LocalAccountRow.person == person).scalar_subquery()
    keys = select(func.count()).where(PasskeyRow.person == person).scalar_subquery()
    return int(await session.scalar(select(links + own + keys)) or 0)


async def remove(session: AsyncSession, person: UUID, id_: UUID) -> bool:
    """Unlink; False where the person has no such link."""
    removed = await session.scalar(
        delete(IdentityLinkRow)
        .where(IdentityLinkRow.id == id_, IdentityLinkRow.person == person)
        .returning(IdentityLinkRow.id)
    )
    return removed is not None


async def move(session: AsyncSession, source: UUID, key: PersonKey, target: UUID, target_key: PersonKey) -> None:
    """Give all links of one account to another, sealed anew with the other's key."""
    rows = await session.execute(
        select(IdentityLinkRow.id, IdentityLinkRow.subject).where(IdentityLinkRow.person == source)
    )
    for id_, subject in rows.all():
        sealed = target_key.seal("subject", key.open("subject", subject))
        await session.execute(
            update(IdentityLinkRow).where(IdentityLinkRow.id == id_).values(person=target, subject=sealed)
        )
