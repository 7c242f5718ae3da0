# SPDX-License-Identifier: EUPL-1.2
"""Who may do what on Kafka, as it follows from the contracts and the deployment: all else is refused.

A service may send to its own topics, and hear what it declares under its own groups. A subscriber may read public
topics of its collectivity, under groups that begin with its name and a dot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from parvis_cli.declared import PARAMETER, channel_of, group_of, read_documents
from parvis_cli.deployment import Deployment, Subscriber
from parvis_cli.errors import CommandError

TOPIC: Final = "topic"
GROUP: Final = "group"
PUBLIC: Final = "parvis.public."


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One operation on a topic or a group of that name, or where ``prefix`` is set on all that begin with it."""

    resource: str
    name: str
    operation: str
    prefix: bool = False

    def __str__(self) -> str:
        """In words."""
        return f"{self.operation} {self.resource} {self.name}{'*' if self.prefix else ''}"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody whom Kafka knows by name, with all that they may do and how much of it."""

    name: str
    rights: frozenset[Right]
    login: str = "scram"
    quotas: Mapping[str, float] = field(default_factory=dict)


def declared_users(contracts: Path, deployment: Deployment) -> list[User]:
    """All of them by name; raises CommandError where a subscriber is to read what nobody publishes."""
    documents = read_documents(contracts)
    users = [
        User(deployment.user_of(service), frozenset(_of_service(document))) for service, document in documents.items()
    ]
    public = {channel["address"] for document in documents.values() for channel in document["channels"].values()}
    users += [
        User(each.user, frozenset(_of_subscriber(each, public)), each.login, each.quotas)
        for each in deployment.subscribers
    ]
    return sorted(users, key=lambda user: user.name)


def _of_service(document: dict[str, Any]) -> Iterator[Right]:
    for operation in document["operations"].values():
        channel = channel_of(document, operation)
        address = channel["address"]
        if "http" in channel["bindings"]:
            continue
        if operation["action"] == "receive":
            yield from _of_reader(address, group_of(operation))
        elif PARAMETER in address:
            # A new collectivity's topic is made at its first event, like the internal one.
            yield Right(TOPIC, PUBLIC, "Write", prefix=True)
            yield Right(TOPIC, PUBLIC, "Create", prefix=True)
            yield Right(TOPIC, address.replace(f"{PUBLIC}{PARAMETER}.", "parvis."), "DescribeConfigs")
        else:
            yield Right(TOPIC, address, "Write")


def _of_reader(topic: str, group: str | None) -> Iterator[Right]:
    yield Right(TOPIC, topic, "Read")
    if group:
        yield Right(GROUP, group, "Read")


def _of_subscriber(subscriber: Subscriber, public: set[str]) -> Iterator[Right]:
    own = f"{PUBLIC}{subscriber.collectivity}."
    yield Right(GROUP, f"{subscriber.user}.", "Read", prefix=True)
    if subscriber.topics is None:
        yield Right(TOPIC, own, "Read", prefix=True)
    for topic in subscriber.topics or ():
        if f"{PUBLIC}{PARAMETER}.{topic}" not in public:
            raise CommandError(f"{subscriber.user} is to read {topic}, which nobody publishes")
        yield Right(TOPIC, f"{own}{topic}", "Read")
