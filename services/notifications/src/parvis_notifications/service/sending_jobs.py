# SPDX-License-Identifier: EUPL-1.2
"""An application hands in a file of messages; it is read to its end, counted and kept before anything is sent."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_notifications.db import sending_jobs
from parvis_notifications.db.job_tables import SendingJob
from parvis_notifications.domain.errors import NotCancellableError, ScheduleRefusedError
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.sending_file import FileRefusedError, JobState, Row, rows
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.send_message import FARTHEST, count_day, sendable

SEALED_ROW: Final = "sending_job_row.content"
_OPEN: Final = {JobState.WAITING, JobState.RUNNING}


@dataclass(frozen=True, slots=True)
class JobWish:
    """What to send of a file, how and when; ``id`` and ``key`` are the new job's."""

    id: UUID
    key: PersonKey
    channel: Channel
    template_id: UUID
    language: str
    scheduled_at: datetime | None


async def hand_in(session: AsyncSession, sender: Sender, wish: JobWish, file: bytes, now: datetime) -> SendingJob:
    """In the caller's transaction.

    Raises ScheduleRefusedError, TemplateUnknownError, FileRefusedError, TooManySentError where the day has no room.
    """
    if wish.scheduled_at and not now < wish.scheduled_at <= now + FARTHEST:
        raise ScheduleRefusedError
    version = await sendable(session, sender.collectivity, wish.template_id, wish.channel)
    # A long file takes a second or more: others are answered meanwhile.
    variables = from_json(version.content).variables
    read = await asyncio.to_thread(lambda: list(rows(file, variables, letters=wish.channel is Channel.LETTER)))
    if not read:
        raise FileRefusedError("no-rows")
    job = SendingJob(
        id=wish.id,
        collectivity=sender.collectivity,
        application=sender.application,
        kind=sender.kind,
        key_id=sender.key_id,
        channel=wish.channel,
        template_id=wish.template_id,
        template_version=version.number,
        language=wish.language,
        state=JobState.WAITING if wish.scheduled_at else JobState.RUNNING,
        rows=len(read),
        sent=0,
        refused=0,
        turn_at=wish.scheduled_at or now,
        scheduled_at=wish.scheduled_at,
        created_at=now,
    )
    kept = await asyncio.to_thread(_sealed, wish.key, read)
    await sending_jobs.add(session, job, kept)
    await count_day(session, sender, len(read), now, wish.channel)
    return job


def _sealed(key: PersonKey, read: Sequence[Row]) -> list[tuple[UUID, int, bytes]]:
    return [(uuid7(), line, key.seal(SEALED_ROW, json.dumps(row, ensure_ascii=False))) for line, row in read]


async def cancel_job(session: AsyncSession, sender: Sender, job_id: UUID, now: datetime) -> SendingJob:
    """What is no message yet becomes none; raises NotFoundError, NotCancellableError where all are."""
    job = await sending_jobs.one(session, sender, job_id, locked=True)
    if job.state == JobState.FINISHED:
        raise NotCancellableError
    if job.state in _OPEN:
        await sending_jobs.cancel(session, job, now)
    return job


PAUSE: Final = timedelta(seconds=2)
"""How long a job lets others pass while as many deliveries wait as should."""
