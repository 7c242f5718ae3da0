# SPDX-License-Identifier: EUPL-1.2
"""Turn the rows of jobs into messages: five hundred in one transaction with their end, so that a kill repeats none.

The receipt of one person is never behind a file of a hundred thousand: what a job makes waits while others are due, and
a job gives way while many deliveries wait.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex, SealingKey, UnreadableError
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_notifications.db import message_templates, sending_jobs, sending_keys
from parvis_notifications.db.job_tables import SendingJob, SendingJobRow
from parvis_notifications.domain.errors import RecipientRefusedError
from parvis_notifications.domain.message_template import Content
from parvis_notifications.domain.sending import Sender
from parvis_notifications.domain.sending_file import JobState, RowState, values_of
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.edit_templates import TemplateFaultsError
from parvis_notifications.service.in_rounds import in_rounds
from parvis_notifications.service.place_order import indexed
from parvis_notifications.service.recipients import normal_of, recipient_id
from parvis_notifications.service.render_template import FilledTooLongError
from parvis_notifications.service.send_message import Order, delivery_row, message_row, sent_row, written
from parvis_notifications.service.sending_jobs import PAUSE, SEALED_ROW
from parvis_notifications.service.sending_keys import sender_of_row

BATCH: Final = 500
ENOUGH_WAITING: Final = 1_000
NOT_WRITTEN: Final = "could-not-be-written"
# A batch takes most of a second to write: others get their turn in between.
_BREATH: Final = 25
_log = logger(__name__)
_ROWS = Counter("parvis_sending_job_rows_total", "Rows of jobs by what became of them", ["outcome"])


@dataclass(slots=True)
class _Batch:
    messages: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    became: list[tuple[UUID, RowState, str | None, str | None]] = field(default_factory=list)

    def refuse(self, row: UUID, error: str, about: str | None = None) -> None:
        self.became.append((row, RowState.REFUSED, error, about))


class JobRunner:
    """The loop over jobs."""

    def __init__(
        self,
        database: Database,
        persons: PersonKeys,
        index: BlindIndex,
        keys: SealingKey,
        poll_seconds: float,
        bell: Bell,
    ) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._keys = keys
        self._poll_seconds = poll_seconds
        self._bell = bell

    async def run(self) -> None:
        """Work until cancelled."""
        await in_rounds(self.round, self._bell, self._poll_seconds, "job_runner")

    async def round(self) -> bool:
        """One batch of one job; False where none has its turn."""
        now = datetime.now(UTC)
        async with self._database.unit_of_work() as uow:
            job = await sending_jobs.next_turn(uow.session, now)
            if job is None:
                return False
            waiting = await sending_jobs.waiting_deliveries(uow.session, job.channel, ENOUGH_WAITING)
            if waiting >= ENOUGH_WAITING:
                job.turn_at = now + PAUSE
                await uow.commit()
                return True
            try:
                async with uow.session.begin_nested():
                    made = await self._turn(uow.session, job, now)
            except Exception:
                # Nothing of the batch is kept, but that others have their turn first.
                job.turn_at = now
                await uow.commit()
                raise
            await uow.commit()
        _ROWS.labels("sent").inc(len(made.messages))
        _ROWS.labels("refused").inc(len(made.became) - len(made.messages))
        return True

    async def _turn(self, session: AsyncSession, job: SendingJob, now: datetime) -> _Batch:
        rows = await sending_jobs.batch(session, job.id, BATCH)
        made = await self._made(session, job, rows, now) if rows else _Batch()
        await sending_jobs.write(session, made.messages, made.deliveries, made.sent)
        if made.became:
            await sending_jobs.settle(session, made.became)
        job.state, job.turn_at = JobState.RUNNING, now
        job.sent += len(made.messages)
        job.refused += len(made.became) - len(made.messages)
        if len(rows) < BATCH:
            job.state, job.ended_at = JobState.FINISHED, now
        return made

    async def _made(
        self, session: AsyncSession, job: SendingJob, rows: Sequence[SendingJobRow], now: datetime
    ) -> _Batch:
        version = await message_templates.version(session, job.template_id, job.template_version)
        key_row = await sending_keys.one(session, job.collectivity, job.key_id)
        content, sender = from_json(version.content), sender_of_row(key_row, self._keys)
        opened = await self._opened(job, rows)
        batch, placed = _Batch(), {}
        for row in rows:
            try:
                placed[row.id] = normal_of(Channel(job.channel), opened[row.id]["to"])
            except RecipientRefusedError:
                batch.refuse(row.id, "recipient-refused", "to")
            except KeyError:
                batch.refuse(row.id, NOT_WRITTEN)
        names = {to: recipient_id(self._index, job.collectivity, to) for to in placed.values()}
        keys = await self._persons.of_many(set(names.values()), make=True)
        for number, row in enumerate(rows):
            if row.id in placed:
                to = placed[row.id]
                reached = (to, names[to], keys.get(names[to]))
                try:
                    self._one(batch, job, sender, content, row, opened[row.id], reached, now)
                except Exception as error:  # noqa: BLE001 - one row is nothing to the others
                    _log.warning("job_row_not_written", row=str(row.id), error=type(error).__name__)
                    batch.refuse(row.id, NOT_WRITTEN)
            if number % _BREATH == 0:
                await asyncio.sleep(0)
        return batch

    async def _opened(self, job: SendingJob, rows: Sequence[SendingJobRow]) -> dict[UUID, dict[str, str]]:
        key = await self._persons.of(job.id)
        opened: dict[UUID, dict[str, str]] = {}
        for row in rows:
            try:
                opened[row.id] = json.loads(key.open(SEALED_ROW, row.content or b""))
            except UnreadableError as error:
                _log.warning("job_row_unreadable", row=str(row.id), error=type(error).__name__)
        return opened

    def _one(
        self,
        batch: _Batch,
        job: SendingJob,
        sender: Sender,
        content: Content,
        row: SendingJobRow,
        values: Mapping[str, str],
        reached: tuple[str, UUID, PersonKey | None],
        now: datetime,
    ) -> None:
        to, recipient, key = reached
        if key is None or not sender.may_write_to(to):
            batch.refuse(row.id, "guests-only" if key else "recipient-erased", "to")
            return
        channel, reference = Channel(job.channel), values.get("reference") or None
        filled = values_of(dict(values), content.variables)
        try:
            language, variants = written(content, channel, job.language, filled)
        except TemplateFaultsError as error:
            batch.refuse(row.id, error.faults[0].code, error.faults[0].about)
            return
        except FilledTooLongError:
            batch.refuse(row.id, "too-long")
            return
        mark = indexed(self._index, sender, reference)
        order = Order(channel, to, recipient, key, job.template_id, filled, job.language, reference, mark)
        message = message_row(sender, order, row.id, language, variants, now)
        delivery = delivery_row(sender, order, row.id, uuid7(), now, bulk=True)
        batch.sent.append(sent_row(sender, order, row.id, job.template_version, now, by_file=True))
        batch.messages.append(message)
        batch.deliveries.append(delivery)
        batch.became.append((row.id, RowState.SENT, None, None))
