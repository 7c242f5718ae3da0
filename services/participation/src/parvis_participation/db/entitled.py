# SPDX-License-Identifier: EUPL-1.2
"""The people of a poll's list, under their keys on its roll."""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.eligibility_tables import PollEntitled as Row
from parvis_participation.db.tables import PollHold, PollRoll


async def add(session: AsyncSession, collectivity: str, poll_id: UUID, keys: Iterable[bytes]) -> int:
    """Put people on the list who are not on it; returns how many that were."""
    rows = [{"poll_id": poll_id, "person_key": key, "collectivity": collectivity} for key in sorted(set(keys))]
    if not rows:
        return 0
    added = await session.scalars(insert(Row).values(rows).on_conflict_do_nothing().returning(Row.person_key))
    return len(added.all())


async def count(session: AsyncSession, poll_id: UUID) -> int:
    """How many are on the list."""
    return await session.scalar(select(func.count()).select_from(Row).where(Row.poll_id == poll_id)) or 0


async def digest(session: AsyncSession, poll_id: UUID, salt: bytes) -> bytes:
    """SHA-256 over the salt and the keys of all who are on the list, in their order as bytes."""
    made = sha256(salt)
    keys = await session.stream_scalars(select(Row.person_key).where(Row.poll_id == poll_id).order_by(Row.person_key))
    async for key in keys:
        made.update(key)
    return made.digest()


async def holds(session: AsyncSession, poll_id: UUID, person_key: bytes) -> bool:
    """Whether that person is on the list."""
    wanted = select(Row.person_key).where(Row.poll_id == poll_id, Row.person_key == person_key)
    return await session.scalar(wanted) is not None


async def strangers(session: AsyncSession, poll_id: UUID) -> int:
    """How many have voted who are not on the list."""
    listed = exists().where(Row.poll_id == PollRoll.poll_id, Row.person_key == PollRoll.person_key)
    held = exists().where(PollHold.poll_id == PollRoll.poll_id, PollHold.person_key == PollRoll.person_key)
    wanted = select(func.count()).select_from(PollRoll).where(PollRoll.poll_id == poll_id, ~listed, ~held)
    return await session.scalar(wanted) or 0


async def forget(session: AsyncSession, poll_id: UUID) -> None:
    """Delete the list of a poll in which nobody votes any more: its number and digest are published."""
    gone = delete(Row).where(Row.poll_id == poll_id)
    await session.execute(gone.execution_options(synchronize_session=False))
