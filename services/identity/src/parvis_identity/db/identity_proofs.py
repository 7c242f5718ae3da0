# SPDX-License-Identifier: EUPL-1.2
"""Proofs of civil status: which account's was verified, and by whom."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import LocalAccountRow
from parvis_identity.db.reconciliation_tables import IdentityProofRow
from parvis_identity.db.tables import IdentityLinkRow
from parvis_identity.domain.pivot import Document, Proof, Source

_AMBIGUOUS = 2


async def holders(session: AsyncSession, pivot_indexes: Sequence[bytes]) -> list[UUID]:
    """The people whose verified civil status this is, by its indexes: none, one, or two where it is more than one's."""
    return list(await session.scalars(_holders(pivot_indexes)))


async def holders_to_link(session: AsyncSession, pivot_indexes: Sequence[bytes], issuer: str) -> list[UUID]:
    """Those of them who have an account of our own, or whom that provider does not know yet.

    One provider never has two subjects for one civil status; two providers, such as both levels of FranceConnect, do.
    """
    own = exists().where(LocalAccountRow.person == IdentityProofRow.person)
    known = exists().where(IdentityLinkRow.person == IdentityProofRow.person, IdentityLinkRow.issuer == issuer)
    return list(await session.scalars(_holders(pivot_indexes).where(own | ~known)))


def _holders(pivot_indexes: Sequence[bytes]) -> Select[tuple[UUID]]:
    standing_ones = (IdentityProofRow.pivot_index.in_(pivot_indexes), IdentityProofRow.ended_at.is_(None))
    return select(IdentityProofRow.person).where(*standing_ones).limit(_AMBIGUOUS)


async def standing(session: AsyncSession, person: UUID) -> Proof | None:
    """The proof of the person's civil status that counts, or None for somebody who only declared it."""
    row = await session.scalar(
        select(IdentityProofRow).where(IdentityProofRow.person == person, IdentityProofRow.ended_at.is_(None))
    )
    if row is None:
        return None
    return Proof(
        id=row.id,
        person=row.person,
        collectivity=row.collectivity,
        source=Source(row.source),
        pivot_index=row.pivot_index,
        document=Document(row.document) if row.document else None,
        agent=row.agent,
        proved_at=row.proved_at,
    )


async def certifier(session: AsyncSession, person: UUID) -> Source | None:
    """Who vouches for the civil status: a proof's source, else a provider by which they come in, else nobody."""
    standing_one = (IdentityProofRow.person == person, IdentityProofRow.ended_at.is_(None))
    linked = exists().where(IdentityLinkRow.person == person)
    source = select(IdentityProofRow.source).where(*standing_one).scalar_subquery()
    found: str | None = await session.scalar(select(func.coalesce(source, case((linked, Source.PROVIDER.value)))))
    return Source(found) if found else None


async def put(session: AsyncSession, proof: Proof) -> None:
    """A proof that takes the place of the one before; the caller holds the lock of the person."""
    await end(session, proof.person, proof.proved_at)
    session.add(
        IdentityProofRow(
            id=proof.id,
            person=proof.person,
            collectivity=proof.collectivity,
            source=proof.source.value,
            pivot_index=proof.pivot_index,
            document=proof.document.value if proof.document else None,
            agent=proof.agent,
            proved_at=proof.proved_at,
        )
    )
    await session.flush()


async def end(session: AsyncSession, person: UUID, now: datetime) -> None:
    """What was verified of the person counts no longer; it stays, for who asks later what was seen."""
    await session.execute(
        update(IdentityProofRow)
        .where(IdentityProofRow.person == person, IdentityProofRow.ended_at.is_(None))
        .values(ended_at=now)
    )


async def after(session: AsyncSession, place: UUID | None, number: int) -> Sequence[tuple[UUID, UUID, bytes]]:
    """The next proofs that count, by id: each with its person and the index that it stands under."""
    wanted = select(IdentityProofRow.id, IdentityProofRow.person, IdentityProofRow.pivot_index)
    if place:
        wanted = wanted.where(IdentityProofRow.id > place)
    wanted = wanted.where(IdentityProofRow.ended_at.is_(None)).order_by(IdentityProofRow.id).limit(number)
    return [(row.id, row.person, row.pivot_index) for row in await session.execute(wanted)]


async def reindex(session: AsyncSession, proof: UUID, former: bytes, index: bytes) -> None:
    """Let a proof stand under another index of the same civil status."""
    await session.execute(
        update(IdentityProofRow)
        .where(IdentityProofRow.id == proof, IdentityProofRow.pivot_index == former)
        .values(pivot_index=index)
    )
