# SPDX-License-Identifier: EUPL-1.2
"""The topics that the contracts declare: AsyncAPI channels with their Kafka bindings, and what follows from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from parvis_cli.deployment import Deployment
from parvis_cli.errors import CommandError

PARAMETER: Final = "{collectivity}"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is to be; ``config`` names only what is declared, the rest is the broker's."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def read_documents(contracts: Path) -> dict[str, dict[str, Any]]:
    """The AsyncAPI document of each service, by its name; raises CommandError where there is none."""
    try:
        files = sorted((contracts / "asyncapi").glob("*.v*.yaml"))
        found = {file.name.split(".")[0]: yaml.safe_load(file.read_text("utf-8")) for file in files}
    except (OSError, yaml.YAMLError) as error:
        raise CommandError(f"{contracts} cannot be read: {error}") from error
    if not found:
        raise CommandError(f"no contract in {contracts / 'asyncapi'}")
    return found


def declared_topics(contracts: Path, deployment: Deployment) -> list[Topic]:
    """All topics, by name; raises CommandError where two contracts want different things of one topic."""
    wanted: dict[str, Topic] = {}
    for service, document in read_documents(contracts).items():
        for topic in _topics(service, document, deployment):
            if wanted.setdefault(topic.name, topic) != topic:
                raise CommandError(f"the contracts do not agree about {topic.name}")
    return [wanted[name] for name in sorted(wanted)]


def channel_of(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """The channel that an operation is about."""
    found: dict[str, Any] = document["channels"][operation["channel"]["$ref"].rpartition("/")[2]]
    return found


def group_of(operation: dict[str, Any]) -> str | None:
    """The consumer group of an operation that receives; None where each process reads for itself."""
    group: str | None = operation.get("bindings", {}).get("kafka", {}).get("groupId", {}).get("const")
    return group


def addresses(channel: dict[str, Any], deployment: Deployment) -> list[str]:
    """The topics of a channel: one, or one for each collectivity."""
    address: str = channel["address"]
    if PARAMETER not in address:
        return [address]
    return [address.replace(PARAMETER, collectivity) for collectivity in deployment.collectivities]


def _topics(service: str, document: dict[str, Any], deployment: Deployment) -> Iterator[Topic]:
    try:
        for channel in document["channels"].values():
            if "http" in channel["bindings"]:
                continue
            binding = channel["bindings"]["kafka"]
            own = {name: _text(value) for name, value in binding.get("topicConfiguration", {}).items()}
            for name in addresses(channel, deployment):
                yield Topic(name, binding["partitions"], {**deployment.config, **own})
    except (KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"the contract of {service} does not say what its topics are: {error!r}") from error


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
