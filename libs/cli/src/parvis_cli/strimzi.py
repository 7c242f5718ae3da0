# SPDX-License-Identifier: EUPL-1.2
"""The same topics as objects of Strimzi's topic operator."""

from collections.abc import Iterable
from typing import Any

import yaml

from parvis_cli.declared import Topic


def manifests(topics: Iterable[Topic], *, cluster: str, replicas: int | None = None) -> str:
    """YAML documents, one a topic, for the namespace of the Kafka cluster of that name."""
    return "# SPDX-License-Identifier: EUPL-1.2\n# Written by `parvis topics manifests`.\n" + "---\n".join(
        yaml.safe_dump(_manifest(topic, cluster, replicas), sort_keys=False, width=120) for topic in topics
    )


def _manifest(topic: Topic, cluster: str, replicas: int | None) -> dict[str, Any]:
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaTopic",
        "metadata": {"name": topic.name, "labels": {"strimzi.io/cluster": cluster}},
        "spec": {
            "partitions": topic.partitions,
            **({"replicas": replicas} if replicas else {}),
            "config": {name: _value(value) for name, value in sorted(topic.config.items())},
        },
    }


def _value(value: str) -> str | int:
    # The operator compares numbers with numbers.
    return int(value) if value.lstrip("-").isdigit() else value
