# SPDX-License-Identifier: EUPL-1.2
"""What one deployment adds to the contracts: its replicas, its collectivities, and who subscribes there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from parvis_cli.errors import CommandError

_COLLECTIVITY: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")
# No dot: the groups of a user are those whose names begin with theirs and a dot, so that none begins another's.
_USER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LOGINS: Final = frozenset({"scram", "oauth"})
# What is sent to one subscriber, bytes a second and broker, and their share of a broker's threads, in percent.
_QUOTAS: Final = {"consumer_byte_rate": 1_048_576.0, "request_percentage": 25.0}


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Another system that reads public topics of one collectivity, under groups named ``<user>.…``.

    Attributes:
        user: name by which Kafka knows it: its SCRAM user, or the id of its client at identity.
        collectivity: whose topics it reads.
        topics: which, without their beginning: ``requests.request.v1``; None for all of the collectivity.
        login: ``scram``, or ``oauth`` for a token of identity.
        quotas: Kafka's client quotas by name.
    """

    user: str
    collectivity: str
    topics: tuple[str, ...] | None = None
    login: str = "scram"
    quotas: Mapping[str, float] = field(default_factory=lambda: dict(_QUOTAS))


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment.

    Attributes:
        replicas: of each partition; the broker's own number where None.
        config: for every topic that does not say otherwise.
        collectivities: those that are served, each with its own public topics.
        subscribers: who may read which of them.
        users: names by which Kafka knows the services; ``parvis-<service>`` for one that is not named.
    """

    replicas: int | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    collectivities: tuple[str, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    users: Mapping[str, str] = field(default_factory=dict)

    def user_of(self, service: str) -> str:
        """The name by which Kafka knows a service."""
        return self.users.get(service, f"parvis-{service}")


def read_deployment(file: Path) -> Deployment:
    """The deployment that a file describes; raises CommandError, which says what is wrong in it."""
    try:
        given: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) or {}
        unknown = given.keys() - {"replicas", "config", "collectivities", "subscribers", "users"}
        if unknown:
            raise CommandError(f"{file}: nobody knows {', '.join(sorted(unknown))}")
        subscribers = tuple(_subscriber(str(user), each) for user, each in given.get("subscribers", {}).items())
        made = Deployment(
            replicas=int(given["replicas"]) if "replicas" in given else None,
            config={str(name): str(value) for name, value in given.get("config", {}).items()},
            collectivities=tuple(given.get("collectivities", ())),
            subscribers=subscribers,
            users={str(service): str(user) for service, user in given.get("users", {}).items()},
        )
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CommandError(f"{file} describes no deployment: {error}") from error
    _check(file, made)
    return made


def _subscriber(user: str, given: dict[str, Any]) -> Subscriber:
    if unknown := given.keys() - {"collectivity", "topics", "login", "quotas"}:
        raise CommandError(f"nobody knows {', '.join(sorted(unknown))} of {user}")
    topics = tuple(map(str, given["topics"])) if "topics" in given else None
    quotas = _QUOTAS | {str(name): float(value) for name, value in given.get("quotas", {}).items()}
    return Subscriber(user, str(given["collectivity"]), topics, str(given.get("login", "scram")), quotas)


def _check(file: Path, deployment: Deployment) -> None:
    for name in deployment.collectivities:
        if not _COLLECTIVITY.fullmatch(name):
            raise CommandError(f"{file}: {name} is no code of a collectivity")
    for subscriber in deployment.subscribers:
        if not _USER.fullmatch(subscriber.user):
            raise CommandError(f"{file}: {subscriber.user} is no name of a subscriber")
        if subscriber.user.startswith("parvis-") or subscriber.user in deployment.users.values():
            raise CommandError(f"{file}: {subscriber.user} is the name of a service")
        if subscriber.login not in _LOGINS:
            raise CommandError(f"{file}: {subscriber.user} logs in by scram or oauth, not by {subscriber.login}")
        if any(value <= 0 for value in subscriber.quotas.values()) or subscriber.quotas.keys() != _QUOTAS.keys():
            raise CommandError(f"{file}: the quotas of {subscriber.user} are {', '.join(_QUOTAS)}, above zero")
        if subscriber.collectivity not in deployment.collectivities:
            raise CommandError(f"{file}: {subscriber.user} reads of {subscriber.collectivity}, which is not served")
