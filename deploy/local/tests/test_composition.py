# SPDX-License-Identifier: EUPL-1.2
"""What the stack is made of, by what the caller's environment asks of it."""

from pathlib import Path

import pytest

from parvis_local.environment import Environments
from parvis_local.layout import SERVICES, Layout
from parvis_local.nursery import Nursery
from parvis_local.options import read_options
from parvis_local.parts import Part
from parvis_local.secret_store import SecretStore
from parvis_local.stack import PORTS, compose
from parvis_local.stack.context import Context

OWN_DATABASES = {
    f"PARVIS_{service.upper()}_{name}": "postgresql://mine/db"
    for service in SERVICES
    for name in ("DATABASE_URL", "KEYSTORE_URL")
}
ALWAYS = {f"{service}-{process}" for service in SERVICES for process in ("api", "worker")} | {
    "gateway",
    "portal",
    "franceconnect",
    "mailsink",
    "notifications-intake",
    "smssink",
    "lettersink",
    "voicesink",
    "pushsink",
    "socialsink",
    "matrixsink",
    "payfip",
    "apiparticulier",
}


@pytest.mark.parametrize(
    ("caller", "more", "steps"),
    [
        ({}, {"postgres", "broker"}, {"databases"}),
        ({"KAFKA": "apache"}, {"postgres", "broker"}, {"databases", "kafka-jars", "topics"}),
        ({"KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092"}, {"postgres"}, {"databases", "topics"}),
        (OWN_DATABASES, {"broker"}, set()),
        (OWN_DATABASES | {"KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092"}, set(), {"topics"}),
    ],
    ids=["as it is", "a real Kafka", "own Kafka", "own PostgreSQL", "own PostgreSQL and Kafka"],
)
def test_what_the_caller_has_is_not_started(
    tmp_path: Path, caller: dict[str, str], more: set[str], steps: set[str]
) -> None:
    options, layout = read_options(caller), Layout(tmp_path)
    ports = {name: 20_000 + number for number, name in enumerate(PORTS)}
    secrets = SecretStore(layout.secrets)
    environments = Environments(options, layout, secrets, ports)
    work = compose(Context(options, layout, ports, secrets, environments, Nursery()))
    parts = {item.name for item in work if isinstance(item, Part)}
    assert parts == ALWAYS | more
    assert {item.name for item in work} & {"databases", "kafka-jars", "topics"} == steps
    known: set[str] = set()
    for item in work:
        assert set(item.needs) <= known, f"{item.name} comes after what it needs"
        known.add(item.name)
