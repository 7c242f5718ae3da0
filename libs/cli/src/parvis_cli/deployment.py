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
_USER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Another system that reads public topics of one collectivity, under groups named ``<user>.…``."""

    user: str
    collectivity: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment.

    Attributes:
        replicas: of each partition; the broker's own number where None.
        config: for every topic that does not say otherwise.
        collectivities: those that are served, each with its own public topics.
        subscribers: who may read which of them.
    """

    replicas: int | None = None
    config: Mapping[str, str] = field(default_factory=dict)
    collectivities: tuple[str, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()


def read_deployment(file: Path) -> Deployment:
    """The deployment that a file describes; raises CommandError, which says what is wrong in it."""
    try:
        given: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) or {}
        unknown = given.keys() - {"replicas", "config", "collectivities", "subscribers"}
        if unknown:
            raise CommandError(f"{file}: nobody knows {', '.join(sorted(unknown))}")
        subscribers = tuple(
            Subscriber(str(user), str(each["collectivity"]), tuple(each["topics"]))
            for user, each in given.get("subscribers", {}).items()
        )
        made = Deployment(
            replicas=int(given["replicas"]) if "replicas" in given else None,
            config={str(name): str(value) for name, value in given.get("config", {}).items()},
            collectivities=tuple(given.get("collectivities", ())),
            subscribers=subscribers,
        )
    except (OSError, yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CommandError(f"{file} describes no deployment: {error}") from error
    _check(file, made)
    return made


def _check(file: Path, deployment: Deployment) -> None:
    for name in deployment.collectivities:
        if not _COLLECTIVITY.fullmatch(name):
            raise CommandError(f"{file}: {name} is no code of a collectivity")
    for subscriber in deployment.subscribers:
        if not _USER.fullmatch(subscriber.user):
            raise CommandError(f"{file}: {subscriber.user} is no name of a subscriber")
        if subscriber.collectivity not in deployment.collectivities:
            raise CommandError(f"{file}: {subscriber.user} reads of {subscriber.collectivity}, which is not served")
