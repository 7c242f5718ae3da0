# SPDX-License-Identifier: EUPL-1.2
"""Files about whole towns, as they were last made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import case, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.open_data_tables import OpenDataFile as Row
from parvis_participation.db.open_data_tables import OpenDataPart as Part

_FORGET: Final = text("""
WITH few AS MATERIALIZED (
    SELECT making, number FROM open_data_part WHERE made_at < :before ORDER BY made_at LIMIT :most
)
DELETE FROM open_data_part part USING few WHERE part.making = few.making AND part.number = few.number RETURNING 1
""")

_OF_TOWNS: Final = (
    "proposal",
    "petition",
    "budget",
    "poll",
    "consultation",
    "survey",
    "conversation",
    "budget_archive",
)
_TOWN: Final = text(
    " UNION ALL ".join(f"(SELECT 1 FROM {table} WHERE collectivity = :collectivity LIMIT 1)" for table in _OF_TOWNS)
    + " LIMIT 1"
)


async def in_one_snapshot(session: AsyncSession) -> None:
    """What is read from now on is of one moment, however long reading takes."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


async def newest(session: AsyncSession, collectivity: str, name: str) -> Row | None:
    """The newest making of a file; None where none is known."""
    return await session.get(Row, (collectivity, name), populate_existing=True)


async def is_town(session: AsyncSession, collectivity: str) -> bool:
    """Whether a town of that name has anything that open data might tell of."""
    return await session.scalar(_TOWN, {"collectivity": collectivity}) is not None


async def all_of(session: AsyncSession, collectivity: str) -> Sequence[Row]:
    """Those of a town, by name."""
    return (await session.scalars(select(Row).where(Row.collectivity == collectivity).order_by(Row.name))).all()


async def add_part(session: AsyncSession, part: Part) -> None:
    """Keep a stretch of a making; nobody reads it before :func:`publish`."""
    values = {column.key: getattr(part, column.key) for column in Part.__table__.columns}
    await session.execute(insert(Part).values(values))


async def publish(session: AsyncSession, made: Row) -> Row:
    """Have it be what is read from now on, unless another was begun later; returns which one is."""
    values = {column.key: getattr(made, column.key) for column in Row.__table__.columns}
    wanted = insert(Row).values(values)
    new = wanted.excluded
    changed = case((Row.digest == new.digest, Row.changed_at), else_=new.changed_at)
    moved = {"making": new.making, "digest": new.digest, "size": new.size, "made_at": new.made_at}
    await session.execute(
        wanted.on_conflict_do_update(
            constraint="pk_open_data_file", set_=moved | {"changed_at": changed}, where=Row.made_at <= new.made_at
        )
    )
    return await newest(session, made.collectivity, made.name) or made


async def renew(session: AsyncSession, made: Row, parts: int, at: datetime) -> bool:
    """Have a making be of a later moment; False where another is read by now, or stretches of it are gone."""
    wanted = update(Part).where(Part.making == made.making).values(made_at=at).returning(Part.number)
    if len((await session.execute(wanted)).all()) != parts:
        return False
    of = (Row.collectivity == made.collectivity, Row.name == made.name, Row.making == made.making, Row.made_at <= at)
    return await session.scalar(update(Row).where(*of).values(made_at=at).returning(Row.name)) is not None


async def part(session: AsyncSession, making: UUID, number: int) -> bytes | None:
    """A stretch of a making; None once it is gone."""
    wanted = select(Part.content).where(Part.making == making, Part.number == number)
    found: bytes | None = await session.scalar(wanted)
    return found


async def forget_parts(session: AsyncSession, before: datetime, most: int) -> int:
    """Delete some of what was made before then; returns how many stretches."""
    return len((await session.execute(_FORGET, {"before": before, "most": most})).all())


async def forget_files(session: AsyncSession, before: datetime) -> None:
    """Delete what is known of files that were last made before then."""
    gone = delete(Row).where(Row.made_at < before)
    await session.execute(gone.execution_options(synchronize_session=False))
