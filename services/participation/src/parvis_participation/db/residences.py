# SPDX-License-Identifier: EUPL-1.2
"""Where people live, as agents attested it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.eligibility_tables import Residence as Row
from parvis_participation.db.town_days import day_there, latest_day


async def put(session: AsyncSession, row: Row) -> None:
    """An attestation, in the place of the one before."""
    values = {column.key: getattr(row, column.key) for column in Row.__table__.columns}
    changed = {name: value for name, value in values.items() if name not in {"collectivity", "person"}}
    await session.execute(insert(Row).values(values).on_conflict_do_update(constraint="pk_residence", set_=changed))


async def areas(session: AsyncSession, collectivity: str, person: UUID, today: date) -> list[str | None]:
    """The areas of the attestations of that collectivity that hold today: none, or one, which is None for no area."""
    wanted = select(Row.area).where(Row.collectivity == collectivity, Row.person == person, Row.expires_on >= today)
    return list((await session.scalars(wanted)).all())


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Of two attestations of one town the later one stands, whichever account it is of."""
    rows = (await session.scalars(select(Row).where(Row.person.in_((absorbed, kept))).with_for_update())).all()
    theirs = {row.collectivity: row for row in rows if row.person == absorbed}
    mine = {row.collectivity: row for row in rows if row.person == kept}
    for town, row in theirs.items():
        if town not in mine or mine[town].attested_at < row.attested_at:
            values = {column.key: getattr(row, column.key) for column in Row.__table__.columns}
            await put(session, Row(**values | {"person": kept}))
    await session.execute(delete(Row).where(Row.person == absorbed).execution_options(synchronize_session=False))


async def purge(session: AsyncSession, now: datetime, ago: timedelta) -> None:
    """Delete what held until a day before the one so long ago, by the town's clocks."""
    over = Row.expires_on < latest_day(now, ago), Row.expires_on < day_there(Row.collectivity, now, ago)
    gone = delete(Row).where(*over)
    await session.execute(gone.execution_options(synchronize_session=False))
