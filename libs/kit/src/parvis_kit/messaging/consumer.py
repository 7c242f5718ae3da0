# SPDX-License-Identifier: EUPL-1.2
"""The consumer: hands each event to its handler once, in order for each aggregate, and never loses one."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kafka.settings import Security
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging.events import Event, PermanentError, Record, from_record, record_of
from parvis_kit.messaging.parking import MAX_ATTEMPTS, Parked, Parking
from parvis_kit.telemetry import context_of

Handler = Callable[[Event, AsyncSession], Awaitable[None]]
Bury = Callable[[AsyncSession, str, Record, str], Awaitable[None]]
_POLL_MS: Final = 500
_BATCH: Final = 100
_REDRIVE_SECONDS: Final = 1.0
_STUCK_SECONDS: Final = 60.0
_MAX_PAUSE_SECONDS: Final = 10.0
_SEEN: Final = text(
    "INSERT INTO inbox (consumer, source, id) VALUES (:consumer, :source, :id) ON CONFLICT DO NOTHING RETURNING true"
)
_tracer = trace.get_tracer("parvis.consumer")
_log = logger(__name__)
_HANDLED = Counter("parvis_consumer_events_total", "Events by outcome", ["consumer", "outcome"])
_LAG = Gauge("parvis_consumer_lag", "Records of its partitions that a consumer has not taken yet", ["consumer"])


class Consumer:
    """Listens to topics under a group of its own name.

    A handler runs in the transaction of its inbox row: a second delivery of the same event finds the row and does
    nothing. What is no event, or makes its handler raise PermanentError, is buried; any other exception parks the
    event, and behind it the later ones of the same aggregate, until it succeeds.

    Args:
        name: of this consumer: its Kafka group and its rows in the inbox. Never change it.
        topics: what it listens to.
        handlers: by event type; other types are passed over, and counted: ``newer`` where it knows an older version.
        bury: writes down, in the transaction at hand, what the consumer of that name can never handle, and why.
        database: where inbox and parked events lie.
        bootstrap_servers: the Kafka brokers.
        security: how they let a client in.
        fetch_max_wait_ms: longest wait of a fetch; small for the embedded broker, which does not wake a waiting one.
        pause_at: called at ``handled`` (effect committed, offset not yet); tests kill the process there.
    """

    def __init__(
        self,
        name: str,
        topics: Sequence[str],
        handlers: Mapping[str, Handler],
        bury: Bury,
        *,
        database: Database,
        bootstrap_servers: str,
        security: Security | None = None,
        fetch_max_wait_ms: int = 500,
        pause_at: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._name = name
        self._topics = topics
        self._handlers = handlers
        self._bury = bury
        self._names = {type_.rpartition(".")[0] for type_ in handlers}
        self._database = database
        self._brokers = {"bootstrap_servers": bootstrap_servers, **(security or {})}
        self._fetch_max_wait_ms = fetch_max_wait_ms
        self._pause_at = pause_at
        self._parking = Parking(name)
        self.state = "starting"

    async def check(self) -> str:
        """For readiness: ``joining`` until the group has given it partitions, then ``ready``."""
        return self.state

    async def run(self) -> None:
        """Consume until cancelled; whatever breaks, begin again with fresh connections after a growing pause."""
        failures = 0
        while True:
            try:
                async with contextlib.AsyncExitStack() as stack:
                    self.state = "joining"
                    stack.push_async_callback((kafka := self._kafka()).stop)
                    await kafka.start()
                    redriving = asyncio.create_task(self._redrive())
                    stack.push_async_callback(_ended, redriving)
                    await self._listen(kafka, redriving)
            except Exception as error:  # noqa: BLE001 - a client or a driver may raise anything when its server dies
                failures = 0 if self.state == "ready" else failures + 1
                self.state = f"failed: {type(error).__name__}"
                _log.warning("consumer_failed", consumer=self._name, error=type(error).__name__)
                await asyncio.sleep(random.uniform(0.2, min(0.5 * 2**failures, _MAX_PAUSE_SECONDS)))  # noqa: S311

    def _kafka(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            *self._topics,
            **self._brokers,
            group_id=self._name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=self._fetch_max_wait_ms,
            max_poll_interval_ms=300_000,
        )

    async def _listen(self, kafka: AIOKafkaConsumer, redriving: "asyncio.Task[None]") -> None:
        loop = asyncio.get_running_loop()
        progress_at = loop.time()
        while True:
            batches = await kafka.getmany(timeout_ms=_POLL_MS, max_records=_BATCH)
            self.state = "ready" if kafka.assignment() else "joining"
            if redriving.done():
                redriving.result()
            for partition, records in batches.items():
                await self._take([record_of(record) for record in records])
                self._pause_at("handled")
                await _commit(kafka, partition, records[-1].offset + 1)
            _LAG.labels(self._name).set(lag := await _lag(kafka))
            if batches or not lag:
                progress_at = loop.time()
            elif loop.time() - progress_at > _STUCK_SECONDS:
                raise _StuckError

    async def _take(self, records: Sequence[Record]) -> None:
        """All in one transaction, which costs one commit; where it fails one by one, to see whose fault it is."""
        try:
            events = [(from_record(each), each) for each in records]
            arrived = [(event, each) for event, each in events if event.type in self._handlers]
            if arrived:
                await self._handle(arrived)
            for event, _ in events:
                if event.type not in self._handlers:
                    self._count("newer" if event.type.rpartition(".")[0] in self._names else "passed_over")
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the event is kept and tried again
            if len(records) > 1:
                for record in records:
                    await self._take([record])
                return
            dead = isinstance(error, PermanentError)
            reason = str(error) if dead else type(error).__name__
            # When the database itself is down this raises too, and the record is read again after a pause.
            async with self._database.unit_of_work() as uow:
                if dead:
                    await self._bury(uow.session, self._name, records[0], reason)
                else:
                    await self._parking.park(uow.session, records[0], reason, failed=True)
                await uow.commit()
            self._count("dead" if dead else "parked", reason=reason)

    async def _handle(self, arrived: Sequence[tuple[Event, Record]]) -> None:
        outcomes = []
        async with self._database.unit_of_work() as uow:
            behind = await self._parking.waiting(uow.session, [record for _, record in arrived])
            for event, record in arrived:
                if record.key in behind:
                    await self._parking.park(uow.session, record, "waits behind an earlier event", failed=False)
                outcomes.append("parked" if record.key in behind else await self._effect(event, uow.session))
            await uow.commit()
        for outcome in outcomes:
            self._count(outcome)

    async def _effect(self, event: Event, session: AsyncSession) -> str:
        if event.type not in self._handlers:  # mended, it is one that this consumer would have passed over
            return "passed_over"
        values = {"consumer": self._name, "source": event.source, "id": event.id}
        if not await session.scalar(_SEEN, values):
            return "duplicate"
        with _tracer.start_as_current_span(f"handle {event.type}", context_of(event.traceparent), SpanKind.CONSUMER):
            await self._handlers[event.type](event, session)
        return "handled"

    async def _redrive(self) -> None:
        while True:
            if not await self._redrive_one():
                await asyncio.sleep(_REDRIVE_SECONDS)

    async def _redrive_one(self) -> bool:
        async with self._database.unit_of_work() as uow:
            parked = await self._parking.due(uow.session)
            if parked is None:
                return False
            try:
                async with uow.session.begin_nested():
                    self._count(await self._effect(from_record(parked.record), uow.session))
            except Exception as error:  # noqa: BLE001 - as for a first attempt
                await self._failed_again(uow.session, parked, error)
            else:
                await self._parking.forget(uow.session, parked.record)
            await uow.commit()
        return True

    async def _failed_again(self, session: AsyncSession, parked: Parked, error: Exception) -> None:
        if isinstance(error, PermanentError) or parked.attempts + 1 >= MAX_ATTEMPTS:
            reason = str(error) if isinstance(error, PermanentError) else f"{MAX_ATTEMPTS} attempts failed"
            await self._bury(session, self._name, parked.record, reason)
            await self._parking.forget(session, parked.record)
            self._count("dead", reason=reason)
        else:
            await self._parking.again(session, parked, type(error).__name__)

    def _count(self, outcome: str, **facts: str) -> None:
        _HANDLED.labels(self._name, outcome).inc()
        if facts:
            _log.warning(f"event_{outcome}", consumer=self._name, **facts)


class _StuckError(Exception):
    """Records wait but none arrives: the client is broken, a new one is needed."""


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _commit(kafka: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> None:
    # Explicit, for this partition alone: a bare commit() could commit another assignment's offsets. When the group
    # has moved the partition elsewhere, its new owner reads these records again and finds them in the inbox.
    with contextlib.suppress(CommitFailedError, IllegalStateError):
        await kafka.commit({partition: offset})


async def _lag(kafka: AIOKafkaConsumer) -> int:
    ends = [(partition, kafka.highwater(partition)) for partition in kafka.assignment()]
    return sum([high - await kafka.position(partition) for partition, high in ends if high is not None])
