# SPDX-License-Identifier: EUPL-1.2
"""The topics that the contracts name, made where the broker does not make them by itself."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml
from confluent_kafka import KafkaError as KafkaErrorCode
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from parvis_local.errors import LocalError

PARTITIONS: Final = 4
_BROKERS_DEFAULT: Final = -1
_SECONDS: Final = 20


def contract_topics(contracts: Path) -> list[str]:
    """Addresses of all channels of ``contracts/asyncapi/*.yaml``, each once, in order."""
    names: set[str] = set()
    for file in sorted((contracts / "asyncapi").glob("*.yaml")):
        document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        names |= {channel["address"] for channel in document.get("channels", {}).values()}
    return sorted(names)


def create_topics(bootstrap_servers: str, names: Iterable[str], *, partitions: int = PARTITIONS) -> list[str]:
    """Make those of the topics that do not exist, with the broker's own number of replicas.

    Returns:
        the names of those that were made.

    Raises:
        LocalError: the broker does not answer or refuses; the text names the topic.
    """
    client = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})
    try:
        missing = sorted(set(names) - set(client.list_topics(timeout=_SECONDS).topics))
    except KafkaException as error:
        raise LocalError(f"no Kafka answers at {bootstrap_servers}: {error.args[0].str()}") from None
    if not missing:
        return []
    topics = [NewTopic(name, num_partitions=partitions, replication_factor=_BROKERS_DEFAULT) for name in missing]
    for name, made in client.create_topics(topics, operation_timeout=_SECONDS, request_timeout=_SECONDS).items():
        try:
            made.result(_SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaErrorCode.TOPIC_ALREADY_EXISTS:
                raise LocalError(f"Kafka refuses the topic {name}: {error.args[0].str()}") from None
    return missing
