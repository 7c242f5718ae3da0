# SPDX-License-Identifier: EUPL-1.2
"""The same topics and users as objects of Strimzi's operators."""

from collections.abc import Iterable
from typing import Any

import yaml

from parvis_cli.declared import Topic
from parvis_cli.rights import User


def manifests(topics: Iterable[Topic], *, cluster: str, replicas: int | None = None) -> str:
    """YAML documents, one a topic, for the namespace of the Kafka cluster of that name."""
    return _documents("topics", (_manifest(topic, cluster, replicas) for topic in topics))


def user_manifests(users: Iterable[User], *, cluster: str) -> str:
    """YAML documents, one a user; the operator makes the password of one that logs in by SCRAM."""
    return _documents("access", (_user_manifest(user, cluster) for user in users))


def _documents(command: str, objects: Iterable[dict[str, Any]]) -> str:
    return f"# SPDX-License-Identifier: EUPL-1.2\n# Written by `parvis {command} manifests`.\n" + "---\n".join(
        yaml.safe_dump(each, sort_keys=False, width=120) for each in objects
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


def _user_manifest(user: User, cluster: str) -> dict[str, Any]:
    by_resource: dict[tuple[str, str, bool], list[str]] = {}
    for right in sorted(user.rights):
        by_resource.setdefault((right.resource, right.name, right.prefix), []).append(right.operation)
    acls = [
        {
            "resource": {"type": resource, "name": name, "patternType": "prefix" if prefix else "literal"},
            "operations": operations,
        }
        for (resource, name, prefix), operations in by_resource.items()
    ]
    quotas = {_camel(name): int(value) for name, value in user.quotas.items()}
    return {
        "apiVersion": "kafka.strimzi.io/v1",
        "kind": "KafkaUser",
        "metadata": {"name": user.name, "labels": {"strimzi.io/cluster": cluster}},
        "spec": {
            # Tokens of identity need no secret here: Kafka checks them by identity's published keys.
            **({"authentication": {"type": "scram-sha-512"}} if user.login == "scram" else {}),
            "authorization": {"type": "simple", "acls": acls},
            **({"quotas": quotas} if quotas else {}),
        },
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _value(value: str) -> str | int:
    # The operator compares numbers with numbers.
    return int(value) if value.lstrip("-").isdigit() else value
