# SPDX-License-Identifier: EUPL-1.2
"""Members of organisations and invitations that wait; whoever changes them holds the organisation's lock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.organisation_tables import OrganisationMemberRow as Row
from parvis_identity.db.organisation_tables import OrganisationRow
from parvis_identity.domain.organisation import MOST_MEMBERS, Member, MemberRole, OrganisationStatus


async def add(session: AsyncSession, member: Member) -> None:
    """A member from now on."""
    session.add(
        Row(
            id=member.id,
            collectivity=member.collectivity,
            organisation=member.organisation,
            person=member.person,
            role=member.role.value,
            created_at=member.created_at,
            accepted_at=member.accepted_at,
        )
    )
    await session.flush()


async def invite(session: AsyncSession, member: Member, by: UUID, email_index: bytes, code_hash: bytes) -> None:
    """An invitation; the one of that address that waited before is of no use any more."""
    await session.execute(
        update(Row)
        .where(
            Row.organisation == member.organisation,
            Row.invited_email_index == email_index,
            Row.ended_at.is_(None),
        )
        .values(ended_at=member.created_at, code_hash=None, invited_email_index=None)
        .execution_options(synchronize_session=False)
    )
    session.add(
        Row(
            id=member.id,
            collectivity=member.collectivity,
            organisation=member.organisation,
            role=member.role.value,
            invited_by=by,
            invited_email_index=email_index,
            code_hash=code_hash,
            created_at=member.created_at,
            offer_ends_at=member.offer_ends_at,
        )
    )
    await session.flush()


async def invited(session: AsyncSession, code_hash: bytes, now: datetime) -> Member | None:
    """The invitation behind a code that can still be used, in whatever collectivity."""
    row = await session.scalar(
        select(Row).where(
            Row.code_hash == code_hash,
            Row.offer_ends_at > now,
            Row.ended_at.is_(None),
        )
    )
    return _member(row) if row else None


async def accept(session: AsyncSession, member: UUID, person: UUID, now: datetime) -> bool:
    """Take the invitation, once; False where somebody was faster."""
    taken = await session.scalar(
        update(Row)
        .where(Row.id == member, Row.accepted_at.is_(None), Row.ended_at.is_(None))
        .values(person=person, accepted_at=now, code_hash=None, invited_email_index=None)
        .returning(Row.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


async def end(session: AsyncSession, member: UUID, now: datetime) -> None:
    """The member is of the organisation no longer, or the invitation of no use."""
    await session.execute(
        update(Row)
        .where(Row.id == member)
        .values(ended_at=now, code_hash=None, invited_email_index=None)
        .execution_options(synchronize_session=False)
    )


async def find(session: AsyncSession, organisation: UUID, member: UUID) -> Member | None:
    """A member, or an invitation that waits, of that organisation."""
    row = await session.scalar(
        select(Row).where(Row.id == member, Row.organisation == organisation, Row.ended_at.is_(None))
    )
    return _member(row) if row else None


async def of_person(session: AsyncSession, organisation: UUID, person: UUID) -> Member | None:
    """The person's membership of that organisation."""
    row = await session.scalar(
        select(Row).where(Row.organisation == organisation, Row.person == person, Row.ended_at.is_(None))
    )
    return _member(row) if row else None


async def organisations_of(session: AsyncSession, person: UUID) -> list[tuple[UUID, str]]:
    """What the person is a member of, with the collectivity of each, in one order."""
    rows = await session.execute(
        select(Row.organisation, Row.collectivity)
        .where(Row.person == person, Row.ended_at.is_(None))
        .order_by(Row.organisation)
    )
    return [(organisation, collectivity) for organisation, collectivity in rows]


def spoken_for(person: UUID) -> Select[tuple[UUID, UUID]]:
    """The verified organisations that the person represents, and by which membership."""
    return (
        select(Row.organisation, Row.id)
        .join(OrganisationRow, OrganisationRow.id == Row.organisation)
        .where(
            Row.person == person,
            Row.role == MemberRole.REPRESENTATIVE.value,
            Row.ended_at.is_(None),
            OrganisationRow.status == OrganisationStatus.VERIFIED.value,
        )
    )


async def listed(session: AsyncSession, organisation: UUID) -> list[Member]:
    """All that are not gone, the oldest first: an organisation has so many and no more."""
    rows = await session.scalars(
        select(Row)
        .where(Row.organisation == organisation, Row.ended_at.is_(None))
        .order_by(Row.created_at, Row.id)
        .limit(MOST_MEMBERS)
    )
    return [_member(row) for row in rows]


async def count(session: AsyncSession, organisation: UUID, role: MemberRole | None = None) -> int:
    """How many members it has with that role; without one, how many of any and how many invitations wait."""
    wanted = [Row.organisation == organisation, Row.ended_at.is_(None)]
    if role:
        wanted += [Row.role == role.value, Row.person.is_not(None)]
    return await session.scalar(select(func.count()).select_from(Row).where(*wanted)) or 0


async def move(session: AsyncSession, absorbed: UUID, kept: UUID, now: datetime) -> None:
    """What one account was of, the other is from now on; of two roles in one organisation the greater stays."""
    of_absorbed = select(Row.organisation).where(Row.person == absorbed, Row.ended_at.is_(None))
    of_kept = select(Row.organisation).where(Row.person == kept, Row.ended_at.is_(None))
    speaking = of_absorbed.where(Row.role == MemberRole.REPRESENTATIVE.value)
    standing = update(Row).where(Row.ended_at.is_(None)).execution_options(synchronize_session=False)
    for statement in (
        standing.where(Row.person == kept, Row.organisation.in_(speaking)).values(role=MemberRole.REPRESENTATIVE.value),
        standing.where(Row.person == absorbed, Row.organisation.in_(of_kept)).values(ended_at=now),
        standing.where(Row.person == absorbed).values(person=kept),
    ):
        await session.execute(statement)


def _member(row: Row) -> Member:
    return Member(
        id=row.id,
        collectivity=row.collectivity,
        organisation=row.organisation,
        person=row.person,
        role=MemberRole(row.role),
        created_at=row.created_at,
        offer_ends_at=row.offer_ends_at,
        accepted_at=row.accepted_at,
    )
