# SPDX-License-Identifier: EUPL-1.2
"""Sends public events on to the topics that systems of one collectivity may read."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from parvis_kafka.producing import producer
from parvis_kafka.settings import Security
from parvis_kit.logs import logger
from parvis_kit.messaging.events import Event, PermanentError
from parvis_notifications.domain.public_topic import public_topic
from parvis_notifications.outgoing.topic_likeness import make_like

_SEND_SECONDS: Final = 10
_LOOK_SECONDS: Final = 3.0
_ABSENT_SECONDS: Final = 15.0
_log = logger(__name__)


class NotSentError(Exception):
    """Kafka has not taken the event, or has no topic for it: try again later."""


@dataclass(frozen=True, slots=True)
class Sending:
    """An event on its way: by which producer, and when it is there."""

    client: AIOKafkaProducer
    future: "asyncio.Future[Any]"


class PublicTopics:
    """The public topics of all collectivities.

    A topic that does not exist is made like the internal one beside it; where Kafka does not allow that, its events
    wait until an operator has made it. The producer is made anew after each failure: one that met an error such as
    OutOfOrderSequence stays broken.

    Args:
        bootstrap_servers: the Kafka brokers.
        security: how they let a client in.
    """

    def __init__(self, bootstrap_servers: str, security: Security | None = None) -> None:
        self._brokers = {"bootstrap_servers": bootstrap_servers, **(security or {})}
        self._producer: Any = None
        self._turn = asyncio.Lock()
        self._standing: set[str] = set()
        self._absent: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._leave(self._producer)

    async def send(self, event: Event) -> Sending:
        """Hand the event to the producer, behind those before it; see ``acknowledged`` for what becomes of it.

        Raises:
            NotSentError: Kafka has no such topic, or cannot be asked.
            PermanentError: it is of no collectivity.
        """
        try:
            topic = public_topic(event.topic, event.collectivity)
        except ValueError as error:
            raise PermanentError(str(error)) from error
        if self._absent.get(topic, 0.0) > time.monotonic():
            raise NotSentError(f"{topic} is not there")
        client = None
        try:
            client = await self._met()
            if topic not in self._standing:
                await self._meet(client, event.topic, topic)
            future = await client.send(topic, event.value(), key=str(event.key).encode(), headers=event.headers())
        except (KafkaError, TimeoutError, OSError) as error:
            await self._leave(client)
            raise NotSentError(type(error).__name__) from error
        # Whoever gives a batch up waits for none of its sendings; what became of them is nobody's question then.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        return Sending(client, future)

    async def acknowledged(self, sendings: Sequence[Sending]) -> None:
        """Return once every replica in sync has all of them.

        Raises:
            NotSentError: some may be there all the same, so that they come a second time, with the same id.
        """
        outcomes = await asyncio.gather(*(each.future for each in sendings), return_exceptions=True)
        for sending, outcome in zip(sendings, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                await self._leave(sending.client)
                raise NotSentError(type(outcome).__name__) from outcome

    async def _met(self) -> AIOKafkaProducer:
        async with self._turn:
            if self._producer is None:
                made = producer(self._brokers, request_timeout_ms=_SEND_SECONDS * 1_000)
                try:
                    await made.start()
                except BaseException:
                    await made.stop()
                    raise
                self._producer = made
            return self._producer

    async def _leave(self, client: Any) -> None:
        async with self._turn:
            if client is not None and client is self._producer:
                self._producer = None
                self._standing.clear()
                await client.stop()

    async def _meet(self, client: AIOKafkaProducer, internal: str, topic: str) -> None:
        """See that the topic is there: a producer would wait for one that is not until its time is over."""
        if not await _stands(client, topic):
            try:
                await make_like(self._brokers, internal, topic)
                made = await _stands(client, topic)
            except (KafkaError, TimeoutError, OSError) as error:
                _log.warning("public_topic_not_made", topic=topic, error=type(error).__name__)
                made = False
            if not made:
                self._absent[topic] = time.monotonic() + _ABSENT_SECONDS
                raise NotSentError(f"{topic} is not there")
            _log.info("public_topic_made", topic=topic)
        self._standing.add(topic)
        self._absent.pop(topic, None)


async def _stands(client: AIOKafkaProducer, topic: str) -> bool:
    try:
        return bool(await asyncio.wait_for(client.partitions_for(topic), _LOOK_SECONDS))
    except (KafkaError, TimeoutError):
        return False
