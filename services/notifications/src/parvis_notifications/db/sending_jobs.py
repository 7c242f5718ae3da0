# SPDX-License-Identifier: EUPL-1.2
"""Jobs of applications: kept whole, then taken batch by batch, each in one transaction with what comes of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.delivery_tables import Delivery
from parvis_notifications.db.job_tables import SendingJob, SendingJobRow
from parvis_notifications.db.sending_tables import SentMessage
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.sending_file import JobState, RowState

_OPEN: Final = (JobState.WAITING, JobState.RUNNING)
_CHUNK: Final = 5_000
# By these instants pages have the order of the file.
_ADD: Final = text(
    "INSERT INTO sending_job_row (id, job_id, collectivity, line, state, content, created_at)"
    f" SELECT n.id, :job, :collectivity, n.line, '{RowState.WAITING}', n.content,"
    " CAST(:created_at AS timestamptz) + n.line * interval '1 microsecond'"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:lines AS integer[]), CAST(:contents AS bytea[])) AS n(id, line, content)"
)
_WAITING: Final = text(
    "SELECT count(*) FROM (SELECT 1 FROM delivery WHERE channel = :channel"
    " AND state IN ('pending', 'retry', 'sending') AND due_at <= now() LIMIT :enough) AS due"
)
_SETTLE: Final = text(
    "UPDATE sending_job_row r SET state = n.state, error = n.error, about = n.about, content = NULL"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:errors AS text[]), CAST(:abouts AS text[]))"
    " AS n(id, state, error, about) WHERE r.id = n.id"
)


async def add(session: AsyncSession, job: SendingJob, rows: Sequence[tuple[UUID, int, bytes]]) -> None:
    """A job with all its rows, each its id, line and sealed content, in the caller's transaction."""
    session.add(job)
    await session.flush()
    shared = {"job": job.id, "collectivity": job.collectivity, "created_at": job.created_at}
    for start in range(0, len(rows), _CHUNK):
        ids, lines, contents = zip(*rows[start : start + _CHUNK], strict=True)
        await session.execute(_ADD, shared | {"ids": list(ids), "lines": list(lines), "contents": list(contents)})


def _of(sender: Sender) -> Select[tuple[SendingJob]]:
    return select(SendingJob).where(
        SendingJob.collectivity == sender.collectivity,
        SendingJob.application == sender.application,
        SendingJob.kind == sender.kind,
    )


async def one(session: AsyncSession, sender: Sender, job_id: UUID, *, locked: bool = False) -> SendingJob:
    """A job of that application; raises NotFoundError."""
    wanted = _of(sender).where(SendingJob.id == job_id)
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def page(
    session: AsyncSession, sender: Sender, position: keyset.Position | None, limit: int
) -> keyset.Slice[SendingJob]:
    """One page of an application's jobs, newest first."""
    paged = keyset.at(_of(sender), SendingJob.created_at, SendingJob.id, position, limit)
    return keyset.cut((await session.scalars(paged)).all(), position, limit)


async def rows(
    session: AsyncSession, job_id: UUID, state: RowState, position: keyset.Position | None, limit: int
) -> keyset.Slice[SendingJobRow]:
    """One page of a job's rows of which that became, in the order of the file."""
    wanted = select(SendingJobRow).where(SendingJobRow.job_id == job_id, SendingJobRow.state == state)
    paged = keyset.at(wanted, SendingJobRow.created_at, SendingJobRow.id, position, limit, newest_first=False)
    return keyset.cut((await session.scalars(paged)).all(), position, limit)


async def cancel(session: AsyncSession, job: SendingJob, now: datetime) -> None:
    """Of a locked job: what is no message yet becomes none, and is forgotten."""
    waiting = update(SendingJobRow).where(SendingJobRow.job_id == job.id, SendingJobRow.state == RowState.WAITING)
    await session.execute(
        waiting.values(state=RowState.CANCELLED, content=None).execution_options(synchronize_session=False)
    )
    job.state, job.ended_at = JobState.CANCELLED, now
    await session.flush()


async def cancel_one_of_key(session: AsyncSession, key_id: UUID, now: datetime) -> bool:
    """The same of one that a key has handed in; False where none is left."""
    wanted = select(SendingJob).where(SendingJob.key_id == key_id, SendingJob.state.in_(_OPEN)).order_by(SendingJob.id)
    job = (await session.scalars(wanted.limit(1).with_for_update())).first()
    if job is not None:
        await cancel(session, job, now)
    return job is not None


async def next_turn(session: AsyncSession, now: datetime) -> SendingJob | None:
    """The job whose turn it is, kept from others until the transaction ends."""
    wanted = (
        select(SendingJob)
        .where(SendingJob.state.in_(_OPEN), SendingJob.turn_at <= now)
        .order_by(SendingJob.turn_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: SendingJob | None = (await session.execute(wanted)).scalar_one_or_none()
    return found


async def waiting_deliveries(session: AsyncSession, channel: str, enough: int) -> int:
    """How many deliveries of a channel could go now, counted up to ``enough``."""
    return int(await session.scalar(_WAITING, {"channel": channel, "enough": enough}) or 0)


async def batch(session: AsyncSession, job_id: UUID, limit: int) -> Sequence[SendingJobRow]:
    """The next rows of a job that its turn has locked, in the order of the file."""
    wanted = select(SendingJobRow).where(SendingJobRow.job_id == job_id, SendingJobRow.state == RowState.WAITING)
    return (await session.scalars(wanted.order_by(SendingJobRow.line).limit(limit))).all()


async def write(
    session: AsyncSession,
    messages: Sequence[dict[str, Any]],
    deliveries: Sequence[dict[str, Any]],
    sent: Sequence[dict[str, Any]],
) -> None:
    """The messages of a batch with their deliveries and who had them sent."""
    if messages:
        await session.execute(insert(Message), messages)
        await session.execute(insert(Delivery), deliveries)
        await session.execute(insert(SentMessage), sent)


async def settle(session: AsyncSession, became: Sequence[tuple[UUID, RowState, str | None, str | None]]) -> None:
    """What became of each row of a batch; what it said is forgotten."""
    ids, states, errors, abouts = zip(*became, strict=True)
    await session.execute(
        _SETTLE, {"ids": list(ids), "states": list(states), "errors": list(errors), "abouts": list(abouts)}
    )
