# SPDX-License-Identifier: EUPL-1.2
"""A Kafka consumer (extra ``kafka``): each event to its handler, in order for its aggregate, with effect once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from parvis_events.event import Event, MalformedEventError, from_kafka
from parvis_events.inbox import Inbox
from parvis_events.topics import topic_of

Handler = Callable[[Event[Any], Any], Awaitable[None]]
_POLL_MS: Final = 500
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 60.0
_log = logging.getLogger("parvis_events")


class Subscriber:
    """Listens under a group of its own name to the topics of the events that it has handlers for.

    A handler gets the event and what the inbox opened, and works in that transaction alone; what it does elsewhere can
    happen twice. When it raises, nothing of it stays, the partition waits, and the event is tried again after a
    growing pause of a minute at most; the other partitions go on. A record that is no event is logged by its place
    and passed over, as are types without a handler.

    Args:
        bootstrap_servers: the Kafka brokers, ``host:port,host:port``.
        name: of this subscriber: its consumer group and its rows in the inbox. Never change it.
        inbox: where it remembers what it has handled.
        handlers: by the model of the event.
        collectivity: whose public topics to listen to, as outside systems do; None for the internal ones.
        options: further options of aiokafka's consumer, such as ``security_protocol`` and ``sasl_mechanism``.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        name: str,
        inbox: Inbox,
        handlers: Mapping[type[Any], Handler],
        *,
        collectivity: str | None = None,
        **options: Any,
    ) -> None:
        self._name = name
        self._inbox = inbox
        self._handlers = {model.TYPE: handler for model, handler in handlers.items()}
        self._failures: dict[TopicPartition, int] = {}
        self._due: dict[TopicPartition, float] = {}
        self._topics = sorted({topic_of(model, collectivity) for model in handlers})
        self._options = {
            "bootstrap_servers": bootstrap_servers,
            "group_id": name,
            "auto_offset_reset": "earliest",
            **options,
            # An offset is committed once its event is handled, and not before.
            "enable_auto_commit": False,
        }

    async def run(self) -> None:
        """Listen until cancelled; raises what aiokafka raises when the brokers refuse or cannot be reached."""
        kafka = AIOKafkaConsumer(*self._topics, **self._options)
        try:
            await kafka.start()
            while True:
                self._resume(kafka)
                batches = await kafka.getmany(timeout_ms=_POLL_MS)
                for partition, records in batches.items():
                    await self._take(kafka, partition, records)
        finally:
            await kafka.stop()

    async def _take(self, kafka: AIOKafkaConsumer, partition: TopicPartition, records: Sequence[Any]) -> None:
        done = None
        for record in records:
            try:
                await self._handle(record)
            except Exception:  # noqa: BLE001 - whatever a handler raises, its event is tried again
                _log.exception("%s: event at %s-%s/%s failed", self._name, *_place(record))
                self._hold(kafka, partition, record.offset)
                break
            done = record.offset + 1
            self._failures.pop(partition, None)
        if done is not None:
            try:
                await kafka.commit({partition: done})
            except (CommitFailedError, IllegalStateError):
                # The group gave the partition to another member, which finds these events in the inbox.
                _log.info("%s: %s belongs to another member now", self._name, partition)

    async def _handle(self, record: "ConsumerRecord[Any, Any]") -> None:
        try:
            event = from_kafka(record.value, record.headers)
        except MalformedEventError as error:
            _log.warning("%s: no event at %s-%s/%s: %s", self._name, *_place(record), error)
            return
        handler = self._handlers.get(event.type)
        if handler is None:
            return
        async with self._inbox.once(self._name, event) as transaction:
            if transaction is not None:
                await handler(event, transaction)

    def _hold(self, kafka: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> None:
        failures = self._failures[partition] = self._failures.get(partition, 0) + 1
        pause = min(_FIRST_PAUSE * 2 ** (failures - 1), _LONGEST_PAUSE)
        self._due[partition] = asyncio.get_running_loop().time() + pause
        kafka.seek(partition, offset)
        kafka.pause(partition)

    def _resume(self, kafka: AIOKafkaConsumer) -> None:
        now = asyncio.get_running_loop().time()
        for partition in [each for each, at in self._due.items() if at <= now]:
            del self._due[partition]
            if partition in kafka.assignment():
                kafka.resume(partition)


def _place(record: "ConsumerRecord[Any, Any]") -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
