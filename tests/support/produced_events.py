# SPDX-License-Identifier: EUPL-1.2
"""The events that a service really wrote in a test, against the contracts under which others read them."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from documents import read_document
from jsonschema import Draft202012Validator

from parvis_kit.messaging.events import instant
from parvis_testing import Harness

CONTRACTS = Path(__file__).parents[2] / "contracts"


async def produced(service: Harness) -> list[Mapping[str, Any]]:
    """Every row of the service's outbox, sent or not."""
    rows: list[Mapping[str, Any]] = await service.runtime.database.pool.fetch("SELECT * FROM outbox")
    return rows


def misfits(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with them, by type: data that break the schema or contradict the envelope, an unpublished topic."""
    return [f"{row['type']}: {fault}" for row in rows for fault in _faults(row)]


def _faults(row: Mapping[str, Any]) -> list[str]:
    data = json.loads(row["data"])
    schema = _schema(row["type"])
    if schema is None:
        return ["no such type in contracts/events"]
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    envelope = {
        "collectivity": row["collectivity"],
        "sequence": row["sequence"],
        "occurred_at": instant(row["occurred_at"]),
    }
    # A type that no AsyncAPI document sends is found by tests/contracts/test_events.py.
    topic = _topics().get(row["type"], row["topic"])
    return [
        *(error.message for error in checker.iter_errors(data)),
        *(f"{name} is undeclared" for name in sorted(set(data) - set(schema["properties"]))),
        *(f"{name} is not {told}, as the envelope says" for name, told in envelope.items() if data.get(name) != told),
        *([] if row["topic"] == topic else [f"{row['topic']} is not its topic, {topic} is"]),
    ]


@cache
def _schema(type_: str) -> dict[str, Any] | None:
    name, _, version = type_.rpartition(".")
    path = CONTRACTS / "events" / name / f"{version}.json"
    schema: dict[str, Any] | None = json.loads(path.read_text("utf-8")) if path.is_file() else None
    return schema


@cache
def _topics() -> dict[str, str]:
    """The internal topic of each event type, as the AsyncAPI document of its sender says."""
    topics = {}
    for path in (CONTRACTS / "asyncapi").glob("*.v1.yaml"):
        document = read_document(path)
        for operation in (op for op in document["operations"].values() if op["action"] == "send"):
            address = document["channels"][operation["channel"]["$ref"].rsplit("/", 1)[-1]]["address"]
            if address.startswith("parvis.public."):
                continue
            for message in operation["messages"]:
                topics[document["components"]["messages"][message["$ref"].rsplit("/", 1)[-1]]["name"]] = address
    return topics
