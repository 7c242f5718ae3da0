# SPDX-License-Identifier: EUPL-1.2
"""The rows of those who volunteer for assemblies, and of the lots that are drawn among them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from parvis_kit.db import keyset
from parvis_participation.db import publications
from parvis_participation.db.assembly_tables import AssemblyDraw as Draw
from parvis_participation.db.assembly_tables import AssemblyVolunteer as Row
from parvis_participation.db.only import only
from parvis_participation.domain.assembly_errors import AlreadyVolunteersError

# A draw has up to 20,000 tickets.
_WITHOUT_TICKETS: Final = tuple(defer(each, raiseload=True) for each in (Draw.tickets, Draw.drawn, Draw.gone))


async def put(session: AsyncSession, row: Row) -> None:
    """Have somebody volunteer, with the id of before where they did: their tickets stay theirs.

    Raises AlreadyVolunteersError where the person does by another account, and nothing more can be done in this
    transaction.
    """
    values = {column.key: getattr(row, column.key) for column in Row.__table__.columns}
    changed = {name: values[name] for name in ("name", "listed", "college", "person_key")}
    made = insert(Row).values(values)
    try:
        await session.execute(
            made.on_conflict_do_update(constraint="uq_assembly_volunteer_assembly_id_person", set_=changed)
        )
    except IntegrityError as error:
        raise AlreadyVolunteersError from error


async def mine(session: AsyncSession, assembly_id: UUID, person: UUID) -> Row | None:
    """How somebody volunteers for that assembly; None where they do not."""
    wanted = select(Row).where(Row.assembly_id == assembly_id, Row.person == person)
    return (await session.execute(wanted)).scalar_one_or_none()


async def withdraw(session: AsyncSession, assembly_id: UUID, person: UUID) -> bool:
    """Have that account volunteer no more; False where it did not."""
    return await _withdraw(session, Row.assembly_id == assembly_id, Row.person == person)


async def withdraw_person(session: AsyncSession, assembly_id: UUID, person_key: bytes) -> bool:
    """Have the person with that key volunteer no more, by whichever account; False where they did not."""
    return await _withdraw(session, Row.assembly_id == assembly_id, Row.person_key == person_key)


async def _withdraw(session: AsyncSession, *which: ColumnElement[bool]) -> bool:
    gone = delete(Row).where(*which).returning(Row.id).execution_options(synchronize_session=False)
    found = (await session.scalars(gone)).all()
    await publications.forget(session, found)
    return bool(found)


async def volunteers(
    session: AsyncSession, assembly_id: UUID, college: str | None, since: datetime, limit: int | None = None, *,
    lock: bool = False,
) -> Sequence[Row]:  # fmt: skip
    """Those who volunteer for a college of that assembly, or for the assembly where it has none, and did by then.

    Each is a person of their own. With ``lock`` none of them changes how they volunteer until this transaction ends.
    """
    wanted = select(Row).where(Row.assembly_id == assembly_id, Row.college.is_not_distinct_from(college))
    wanted = wanted.where(Row.person_key.is_not(None), Row.created_at <= since)
    wanted = wanted.order_by(Row.person).limit(limit)
    return (await session.scalars(wanted.with_for_update() if lock else wanted)).all()


async def of_person(session: AsyncSession, person: UUID) -> Sequence[Row]:
    """All that somebody volunteers for, locked."""
    return (await session.scalars(select(Row).where(Row.person == person).with_for_update())).all()


async def purge(session: AsyncSession, before: datetime) -> None:
    """Delete who volunteered before that instant."""
    gone = delete(Row).where(Row.created_at < before)
    await session.execute(gone.execution_options(synchronize_session=False))
    await publications.purge_candidacies(session, before)


async def one(session: AsyncSession, collectivity: str, draw_id: UUID) -> Draw:
    """A draw of that collectivity, locked; raises NotFoundError."""
    wanted = select(Draw).where(Draw.id == draw_id, Draw.collectivity == collectivity).with_for_update()
    return await only(session, wanted)


async def page(
    session: AsyncSession, assembly_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Draw]:
    """One page of the draws of an assembly, newest first, without their tickets."""
    wanted = select(Draw).where(Draw.assembly_id == assembly_id).options(*_WITHOUT_TICKETS)
    rows = await session.scalars(keyset.at(wanted, Draw.created_at, Draw.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def newest(session: AsyncSession, assembly_id: UUID, limit: int) -> Sequence[UUID]:
    """The latest draws of an assembly."""
    wanted = select(Draw.id).where(Draw.assembly_id == assembly_id)
    return (await session.scalars(wanted.order_by(Draw.created_at.desc(), Draw.id.desc()).limit(limit))).all()


async def holding(session: AsyncSession, tickets: Mapping[UUID, str]) -> set[UUID]:
    """Those of these draws that have the ticket which is given for each."""
    if not tickets:
        return set()
    each = [and_(Draw.id == draw, Draw.tickets.has_key(ticket)) for draw, ticket in tickets.items()]
    return set((await session.scalars(select(Draw.id).where(or_(*each)))).all())


async def waits(session: AsyncSession, assembly_id: UUID, college: str | None) -> bool:
    """Whether lots for that college are frozen, and neither drawn nor given up."""
    wanted = select(Draw.id).where(Draw.assembly_id == assembly_id, Draw.college.is_not_distinct_from(college))
    wanted = wanted.where(Draw.drawn_at.is_(None), Draw.voided_at.is_(None)).limit(1)
    return (await session.execute(wanted)).first() is not None


async def public_one(session: AsyncSession, assembly_id: UUID, draw_id: UUID) -> Draw:
    """A draw of that assembly; raises NotFoundError."""
    wanted = select(Draw).where(Draw.id == draw_id, Draw.assembly_id == assembly_id)
    return await only(session, wanted)
