# SPDX-License-Identifier: EUPL-1.2
"""Who is on the roll of a process.

Nothing is kept of people but marks: HMAC-SHA-256 (RFC 2104), under the process's salt, of the key that identity makes
of a person for this process. The marks of all are handed out, and tell nobody who does not have both of anybody.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hmac import digest
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import processes
from parvis_participation.db.process_tables import Process, ProcessPart
from parvis_participation.db.process_tables import ProcessEntitled as Row
from parvis_participation.db.tables import Poll

_PAGE: Final = 5_000


async def add(session: AsyncSession, process: Process, salt: bytes, keys: Iterable[bytes]) -> int:
    """Put the people with these keys on the roll who are not on it; returns how many that were."""
    own = {"process_id": process.id, "collectivity": process.collectivity}
    rows = [own | {"mark": mark} for mark in sorted({_mark(salt, key) for key in keys})]
    if not rows:
        return 0
    added = await session.scalars(insert(Row).values(rows).on_conflict_do_nothing().returning(Row.mark))
    return len(added.all())


async def count(session: AsyncSession, process_id: UUID) -> int:
    """How many are on the roll."""
    return await session.scalar(select(func.count()).select_from(Row).where(Row.process_id == process_id)) or 0


async def entry(session: AsyncSession, process_id: UUID, salt: bytes, person_key: bytes) -> bytes | None:
    """The mark of somebody who is on the roll with that salt; None for whoever is not."""
    wanted = select(Row.mark).where(Row.process_id == process_id, Row.mark == _mark(salt, person_key))
    return (await session.execute(wanted)).scalar_one_or_none()


async def marks(session: AsyncSession, process_id: UUID, after: bytes) -> Sequence[bytes]:
    """The next marks of the roll after that one, in their order as bytes; none after the last."""
    wanted = select(Row.mark).where(Row.process_id == process_id, Row.mark > after).order_by(Row.mark)
    return (await session.scalars(wanted.limit(_PAGE))).all()


async def ended(session: AsyncSession, before: datetime, without: Iterable[UUID]) -> Process | None:
    """A process that has a roll and ended before then, not one of those; locked. None if there is none.

    Not one either whose secret poll is not counted yet: polls have times of their own, and ask for the roll until then.
    """
    runs = select(ProcessPart.part).join(Poll, Poll.id == ProcessPart.part)
    runs = runs.where(ProcessPart.process_id == Process.id, *processes.VOTE_RUNS)
    wanted = select(Process).where(Process.roll_salt.is_not(None), Process.ends_at < before)
    wanted = wanted.where(Process.id.not_in(list(without)), ~runs.exists())
    wanted = wanted.order_by(Process.ends_at).limit(1)
    return (await session.execute(wanted.with_for_update(skip_locked=True))).scalar_one_or_none()


async def forget(session: AsyncSession, process_id: UUID) -> None:
    """Delete the roll of a process in which nobody takes part any more; what was published of it stays."""
    gone = delete(Row).where(Row.process_id == process_id)
    await session.execute(gone.execution_options(synchronize_session=False))


def _mark(salt: bytes, person_key: bytes) -> bytes:
    return digest(salt, person_key, "sha256")
