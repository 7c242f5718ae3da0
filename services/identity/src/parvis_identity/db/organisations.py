# SPDX-License-Identifier: EUPL-1.2
"""Organisations of a collectivity."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.organisation_tables import OrganisationMemberRow, OrganisationRow
from parvis_identity.domain.organisation import (
    Evidence,
    MemberRole,
    Numbers,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
)
from parvis_kit.db import keyset
from parvis_kit.db.keyset import Position, Slice

_LISTED = 100


@dataclass(frozen=True, slots=True)
class Belonging:
    """An organisation that a person is of, and as what."""

    organisation: Organisation
    member: UUID
    role: MemberRole


async def add(session: AsyncSession, organisation: Organisation) -> None:
    """A declared one; IntegrityError where one of that number is known and not closed."""
    numbers = organisation.numbers
    session.add(
        OrganisationRow(
            id=organisation.id,
            collectivity=organisation.collectivity,
            kind=organisation.kind.value,
            status=organisation.status.value,
            siret=numbers.siret,
            rna=numbers.rna,
            name=organisation.name,
            legal_form=numbers.legal_form,
            version=organisation.version,
            created_at=organisation.created_at,
        )
    )
    await session.flush()


async def find(session: AsyncSession, collectivity: str, id_: UUID, *, lock: bool = False) -> Organisation | None:
    """The organisation of that collectivity; with ``lock``, kept from others until the transaction ends."""
    statement = select(OrganisationRow).where(OrganisationRow.id == id_, OrganisationRow.collectivity == collectivity)
    row = await session.scalar(statement.with_for_update() if lock else statement)
    return _organisation(row) if row else None


async def put(session: AsyncSession, organisation: Organisation) -> None:
    """Its status as it is now."""
    await session.execute(
        update(OrganisationRow)
        .where(OrganisationRow.id == organisation.id, OrganisationRow.collectivity == organisation.collectivity)
        .values(
            status=organisation.status.value,
            version=organisation.version,
            evidence=organisation.evidence.value if organisation.evidence else None,
            verified_at=organisation.verified_at,
            closed_at=organisation.closed_at,
        )
        .execution_options(synchronize_session=False)
    )


async def of_person(session: AsyncSession, person: UUID, collectivity: str) -> list[Belonging]:
    """Those that the person is of in that collectivity, the oldest membership first; at most a hundred."""
    found = await session.execute(
        select(OrganisationRow, OrganisationMemberRow.id, OrganisationMemberRow.role)
        .join(OrganisationMemberRow, OrganisationMemberRow.organisation == OrganisationRow.id)
        .where(
            OrganisationMemberRow.person == person,
            OrganisationMemberRow.collectivity == collectivity,
            OrganisationMemberRow.ended_at.is_(None),
        )
        .order_by(OrganisationMemberRow.id)
        .limit(_LISTED)
    )
    return [Belonging(_organisation(row), member, MemberRole(role)) for row, member, role in found]


async def verified(session: AsyncSession, collectivity: str, number: str) -> UUID | None:
    """The verified organisation of that SIRET or RNA number."""
    found: UUID | None = await session.scalar(
        select(OrganisationRow.id).where(
            OrganisationRow.collectivity == collectivity,
            or_(OrganisationRow.siret == number, OrganisationRow.rna == number),
            OrganisationRow.status == OrganisationStatus.VERIFIED.value,
        )
    )
    return found


async def names(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """What these are called."""
    if not ids:
        return {}
    rows = await session.scalars(select(OrganisationRow).where(OrganisationRow.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def page(
    session: AsyncSession, collectivity: str, filters: Mapping[str, str | None], position: Position | None, limit: int
) -> Slice[Organisation]:
    """A page of the collectivity's, newest first; ``filters`` are ``status``, ``siret`` and ``rna``."""
    wanted = select(OrganisationRow).where(
        OrganisationRow.collectivity == collectivity,
        *(getattr(OrganisationRow, name) == value for name, value in filters.items() if value is not None),
    )
    rows = await session.scalars(keyset.at(wanted, OrganisationRow.created_at, OrganisationRow.id, position, limit))
    found = keyset.cut(rows.all(), position, limit)
    return Slice([_organisation(row) for row in found.rows], found.next, found.previous)


def _organisation(row: OrganisationRow) -> Organisation:
    return Organisation(
        id=row.id,
        collectivity=row.collectivity,
        kind=OrganisationKind(row.kind),
        status=OrganisationStatus(row.status),
        numbers=Numbers(siret=row.siret, rna=row.rna, legal_form=row.legal_form),
        name=row.name,
        version=row.version,
        created_at=row.created_at,
        evidence=Evidence(row.evidence) if row.evidence else None,
        verified_at=row.verified_at,
        closed_at=row.closed_at,
    )
