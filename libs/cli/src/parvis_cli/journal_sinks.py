# SPDX-License-Identifier: EUPL-1.2
"""Where a replay goes: a topic of Kafka's, or a file; each call ends when what it was given is safe there."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from confluent_kafka import KafkaException, Producer

from parvis_cli.errors import CommandError
from parvis_cli.journal import Entry

_SECONDS: Final = 60.0


class Sink(Protocol):
    """One of the two below."""

    def send(self, entries: Sequence[Entry]) -> int:
        """Take the entries in this order; returns how large the file has become, for one that goes on."""

    def close(self) -> None:
        """No more comes."""


class TopicSink:
    """Records as the relay makes them, with their keys and attributes."""

    def __init__(self, topic: str, bootstrap_servers: str, settings: Mapping[str, str]) -> None:
        self._topic = topic
        common = {"bootstrap.servers": bootstrap_servers, "log_level": 0, **settings}
        sending = {"acks": "all", "enable.idempotence": True, "linger.ms": 5, "delivery.report.only.error": True}
        self._producer = Producer({**common, **sending})
        try:
            known = self._producer.list_topics(topic, timeout=_SECONDS).topics[topic]
        except KafkaException as error:
            raise CommandError(f"no Kafka answers: {error.args[0].str()}") from None
        if known.error is not None or not known.partitions:
            raise CommandError(f"{topic} is not there: `parvis topics apply` makes topics")

    def send(self, entries: Sequence[Entry]) -> int:
        """All acknowledged, or CommandError."""
        failed: list[str] = []

        def refused(error: Any, _message: Any) -> None:
            failed.append(error.str())

        for entry in entries:
            value, key, headers = entry.value(), str(entry.key), entry.headers()
            while True:
                try:
                    self._producer.produce(self._topic, value, key, headers=headers, on_delivery=refused)
                    break
                except BufferError:
                    self._producer.poll(0.1)
        if self._producer.flush(_SECONDS) or failed:
            raise CommandError(f"Kafka does not take them: {failed[0] if failed else 'time-out'}")
        return 0

    def close(self) -> None:
        """Everything is acknowledged already."""


class FileSink:
    """One CloudEvent a line (JSON); what a broken replay left half written is cut off where it goes on."""

    def __init__(self, file: Path, size: int | None) -> None:
        try:
            # Made anew only where there is none: a replay never writes over what somebody has.
            self._file = file.open("xb" if size is None else "r+b")
            self._file.truncate(size or 0)
            self._file.seek(0, os.SEEK_END)
        except FileExistsError as error:
            raise CommandError(f"{file} is there already") from error
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error

    def send(self, entries: Sequence[Entry]) -> int:
        """On the disk, or CommandError."""
        try:
            self._file.writelines(entry.line() for entry in entries)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise CommandError(f"{self._file.name} cannot be written: {error.strerror}") from error
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
