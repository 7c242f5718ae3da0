# SPDX-License-Identifier: EUPL-1.2
"""Memberships: who is an agent of which collectivity, with which teams and roles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import MembershipRow
from parvis_identity.domain.agent import Duties
from parvis_identity.domain.sign_in import Membership
from parvis_kit.ids import uuid7


async def of_person(session: AsyncSession, collectivity: str, person: UUID) -> Membership | None:
    """The person's standing membership of that collectivity."""
    return await _one(session, MembershipRow.collectivity == collectivity, MembershipRow.person == person)


async def all_of(session: AsyncSession, person: UUID) -> list[tuple[UUID, str]]:
    """Of what collectivities the person is an agent, suspended or not, in one order."""
    rows = await session.execute(
        select(MembershipRow.id, MembershipRow.collectivity)
        .where(MembershipRow.person == person, MembershipRow.ended_at.is_(None))
        .order_by(MembershipRow.id)
    )
    return [(id_, collectivity) for id_, collectivity in rows]


async def invited(session: AsyncSession, collectivity: str, email_index: bytes) -> Membership | None:
    """The standing invitation of that address, as long as nobody has taken it."""
    return await _one(
        session,
        MembershipRow.collectivity == collectivity,
        MembershipRow.invited_email_index == email_index,
        MembershipRow.person.is_(None),
    )


async def bind(session: AsyncSession, membership: UUID, person: UUID, now: datetime) -> bool:
    """Give an invitation to the person who took it; False when somebody else was first."""
    bound = await session.scalar(
        update(MembershipRow)
        .where(MembershipRow.id == membership, MembershipRow.person.is_(None))
        .values(person=person, bound_at=now)
        .returning(MembershipRow.id)
    )
    return bound is not None


async def put_invitation(session: AsyncSession, collectivity: str, email_index: bytes, duties: Duties) -> UUID:
    """Invite an address, or bring the duties of whoever took the invitation up to date; returns its id."""
    values = {
        "teams": list(duties.teams),
        "roles": list(duties.roles),
        "territories": list(duties.territories),
        "ended_at": None,
    }
    put = await session.execute(
        insert(MembershipRow)
        .values(id=uuid7(), collectivity=collectivity, invited_email_index=email_index, **values)
        .on_conflict_do_update(index_elements=["collectivity", "invited_email_index"], set_=values)
        .returning(MembershipRow.id)
    )
    id_: UUID = put.scalar_one()
    return id_


async def _one(session: AsyncSession, *conditions: ColumnElement[bool]) -> Membership | None:
    row = await session.scalar(
        select(MembershipRow).where(*conditions, MembershipRow.ended_at.is_(None), MembershipRow.suspended_at.is_(None))
    )
    if row is None:
        return None
    return Membership(
        id=row.id,
        collectivity=row.collectivity,
        person=row.person,
        teams=tuple(row.teams),
        roles=tuple(row.roles),
        territories=tuple(row.territories),
    )
