# SPDX-License-Identifier: EUPL-1.2
"""Topics where the broker does not make them by itself, by the operators' own means."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from confluent_kafka.admin import AdminClient

from parvis_cli.declared import Topic, declared_topics
from parvis_cli.deployment import Deployment
from parvis_cli.errors import CommandError
from parvis_cli.topics import Topics
from parvis_local.errors import LocalError

PARTITIONS: Final = 4


def apply_contracts(bootstrap_servers: str, contracts: Path) -> None:
    """Make what the contracts declare; raises LocalError where Kafka does not answer or refuses."""
    _apply(bootstrap_servers, declared_topics(contracts, Deployment()))


def create_topics(
    bootstrap_servers: str,
    names: Iterable[str],
    *,
    partitions: int = PARTITIONS,
    config: Mapping[str, str] | None = None,
) -> list[str]:
    """Make those of the topics that do not exist, and return their names; raises LocalError likewise."""
    return _apply(bootstrap_servers, [Topic(name, partitions, config or {}) for name in names])


def _apply(bootstrap_servers: str, wanted: list[Topic]) -> list[str]:
    topics = Topics(AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0}))
    try:
        changes = topics.plan(wanted)
        topics.apply(changes)
        topics.confirm(wanted)
    except CommandError as error:
        raise LocalError(f"{bootstrap_servers}: {error}") from None
    return [change.topic.name for change in changes if change.make]
