# SPDX-License-Identifier: EUPL-1.2
"""Dead letters: looked at, sent on their way again as they are or mended, or put aside.

How far each topic of them has been dealt with is the offset of a group of its own; nothing is removed from Kafka.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from parvis_cli.errors import CommandError

T = TypeVar("T")

GROUP: Final = "parvis-dead-letters"
MARK: Final = ".dead-letter."
SECONDS: Final = 20.0
# librdkafka alone would take a million bytes, Kafka takes a little more, and a mended record may have grown.
_LARGEST: Final = 2_097_152
_OURS: Final = frozenset({"parvis_reason", "parvis_consumer"})
# Said by a Kafka that has just started or has just moved a partition; asked again, it answers.
_NOT_YET: Final = frozenset(
    {
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_LEADER_FOR_PARTITION,
    }
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One record that a consumer could never handle."""

    topic: str
    partition: int
    offset: int
    key: Any
    value: bytes
    headers: tuple[tuple[str, Any], ...]

    def header(self, name: str) -> str:
        """A header as text, empty where it is not there."""
        return str(dict(self.headers).get(name, b""), "utf-8", "replace")

    def line(self) -> str:
        """What it is and why it is here, without its content."""
        facts = (self.header("ce_type") or "-", self.header("ce_id") or "-", self.header("parvis_reason") or "-")
        return f"{self.topic} {self.partition}:{self.offset} {' '.join(facts)}"


class DeadLetters:
    """The dead letters of one Kafka that nobody has dealt with yet."""

    def __init__(self, bootstrap_servers: str, settings: Mapping[str, str]) -> None:
        common = {"bootstrap.servers": bootstrap_servers, "log_level": 0, **settings}
        reading = {"group.id": GROUP, "enable.auto.commit": False, "auto.offset.reset": "earliest"}
        self._consumer = Consumer({**common, **reading})
        sending = {"acks": "all", "enable.idempotence": True, "message.max.bytes": _LARGEST}
        self._producer = Producer({**common, **sending})

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()

    def topics(self) -> list[str]:
        """The topics of dead letters; raises CommandError where Kafka does not answer."""
        return sorted(name for name in self._topics() if MARK in name)

    def waiting(self, topic: str) -> Iterator[Letter]:
        """Those of one topic, in the order in which they are dealt with; raises CommandError as ``topics`` does."""
        asked = [TopicPartition(topic, partition) for partition in sorted(self._topics()[topic].partitions)]
        for place in _answer(lambda: self._consumer.committed(asked, SECONDS)):
            first, end = self._ends(TopicPartition(topic, place.partition))
            begin = max(place.offset, first)
            if begin < end:
                yield from self._read(TopicPartition(topic, place.partition, begin), end)

    def send_again(self, letter: Letter, value: bytes | None = None) -> None:
        """To its own topic, with its key and attributes; whoever has handled it finds it in their inbox.

        Raises:
            CommandError: Kafka does not take it; then it is still waiting.
        """
        failed: list[Any] = []
        self._producer.produce(
            letter.topic.partition(MARK)[0],
            letter.value if value is None else value,
            letter.key,
            headers=[(name, text) for name, text in letter.headers if name not in _OURS],
            on_delivery=lambda error, _: failed.append(error) if error else None,
        )
        if self._producer.flush(SECONDS) or failed:
            raise CommandError(f"Kafka does not take {letter.line()}: {failed[0].str() if failed else 'time-out'}")

    def put_aside(self, letter: Letter) -> None:
        """It has been dealt with, and with it those before it in its partition; raises CommandError as ``topics``."""
        place = TopicPartition(letter.topic, letter.partition, letter.offset + 1)
        _answer(lambda: self._consumer.commit(offsets=[place], asynchronous=False))

    def _topics(self) -> Mapping[str, Any]:
        return _answer(lambda: self._consumer.list_topics(timeout=SECONDS).topics)

    def _ends(self, place: TopicPartition) -> tuple[int, int]:
        return _answer(lambda: self._consumer.get_watermark_offsets(place, SECONDS))

    def _read(self, place: TopicPartition, end: int) -> Iterator[Letter]:
        self._consumer.assign([place])
        while True:
            message: Any = self._consumer.poll(SECONDS)
            if message is None or message.error():
                raise CommandError(f"{place.topic} cannot be read")
            yield Letter(
                place.topic,
                place.partition,
                message.offset(),
                message.key(),
                message.value() or b"",
                tuple(message.headers() or ()),
            )
            if message.offset() + 1 >= end:
                return


def _answer(ask: Callable[[], T]) -> T:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return ask()
        except KafkaException as error:
            if error.args[0].code() not in _NOT_YET or time.monotonic() > deadline:
                raise CommandError(f"no Kafka answers: {error.args[0].str()}") from None
        time.sleep(0.1)
