# SPDX-License-Identifier: EUPL-1.2
"""Brings the topics of a Kafka to what is declared; done again, it finds nothing to do.

Nothing is ever removed: neither a topic, nor a partition, nor a setting that somebody else made.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from parvis_cli.declared import Topic
from parvis_cli.errors import CommandError

SECONDS: Final = 30
_BROKERS_DEFAULT: Final = -1


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done about one topic; ``partitions`` is None where they stay."""

    topic: Topic
    make: bool = False
    partitions: int | None = None
    config: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """In words."""
        if self.make:
            config = "".join(f", {name} = {value}" for name, value in sorted(self.topic.config.items()))
            yield f"make {self.topic.name}: {self.topic.partitions} partitions{config}"
        if self.partitions is not None:
            yield f"grow {self.topic.name}: from {self.partitions} to {self.topic.partitions} partitions"
        for name, value in sorted(self.config.items()):
            yield f"set {self.topic.name}: {name} = {value}"


class Topics:
    """The topics of one Kafka."""

    def __init__(self, client: AdminClient) -> None:
        self._client = client

    def plan(self, wanted: Sequence[Topic]) -> list[Change]:
        """What differs; raises CommandError where Kafka does not answer."""
        try:
            known = self._client.list_topics(timeout=SECONDS).topics
        except KafkaException as error:
            raise CommandError(f"no Kafka answers: {error.args[0].str()}") from None
        standing = self._configs([topic.name for topic in wanted if topic.name in known])
        changes = []
        for topic in wanted:
            if topic.name not in known:
                changes.append(Change(topic, make=True))
                continue
            present = len(known[topic.name].partitions)
            different = {
                name: value
                for name, value in topic.config.items()
                if _settled(standing[topic.name].get(name)) != _settled(value)
            }
            grown = present if present < topic.partitions else None
            if different or grown is not None:
                changes.append(Change(topic, partitions=grown, config=different))
        return changes

    def apply(self, changes: Sequence[Change], *, replicas: int | None = None) -> None:
        """Do it; raises CommandError, which names the topic that Kafka refuses."""
        new = [
            NewTopic(
                change.topic.name,
                num_partitions=change.topic.partitions,
                replication_factor=replicas or _BROKERS_DEFAULT,
                config=dict(change.topic.config),
            )
            for change in changes
            if change.make
        ]
        if new:
            _done(self._client.create_topics(new, operation_timeout=SECONDS), KafkaError.TOPIC_ALREADY_EXISTS)
        larger = [NewPartitions(c.topic.name, c.topic.partitions) for c in changes if c.partitions is not None]
        if larger:
            _done(self._client.create_partitions(larger, operation_timeout=SECONDS))
        altered = [_alteration(change) for change in changes if change.config]
        if altered:
            _done(self._client.incremental_alter_configs(altered, request_timeout=SECONDS))

    def confirm(self, wanted: Sequence[Topic]) -> None:
        """Wait until the brokers show what was done; raises CommandError where they do not in time."""
        deadline = time.monotonic() + SECONDS
        while left := self.plan(wanted):
            if time.monotonic() > deadline:
                raise CommandError(f"Kafka does not show yet: {'; '.join(next(c.lines()) for c in left)}")
            time.sleep(0.1)

    def _configs(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        asked = self._client.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names])
        return {
            resource.name: {name: entry.value for name, entry in answer.items()}
            for resource, answer in _done(asked).items()
        }


def _alteration(change: Change) -> ConfigResource:
    entries = [
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in change.config.items()
    ]
    return ConfigResource(ResourceType.TOPIC, change.topic.name, incremental_configs=entries)


def _settled(value: str | None) -> list[str]:
    # A list has no order: "compact,delete" is "delete,compact".
    return sorted((value or "").split(","))


def _done(answers: Mapping[Any, "Future[Any]"], fine: int | None = None) -> dict[Any, Any]:
    results = {}
    for asked, answer in answers.items():
        try:
            results[asked] = answer.result(SECONDS)
        except KafkaException as error:
            if error.args[0].code() != fine:
                name = getattr(asked, "name", asked)
                raise CommandError(f"Kafka refuses {name}: {error.args[0].str()}") from None
    return results
