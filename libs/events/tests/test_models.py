# SPDX-License-Identifier: EUPL-1.2
"""The models are those of the contracts, and read what the services really send."""

import dataclasses
import importlib.util
import json
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from parvis_events import MalformedEventError, from_kafka, from_structured
from parvis_events.catalogue import MODELS
from parvis_events.requests import RequestReplied

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "contracts" / "examples" / "events").glob("*.json"))
ATTRIBUTES = {
    "specversion": "1.0",
    "id": "01a20dbd-eee5-7fb7-b5c3-17691fd8be47",
    "type": RequestReplied.TYPE,
    "source": "/parvis/requests",
    "subject": "01a20dbd-eee5-7fb7-b5c3-17691fd8be47",
    "time": "2026-11-24T14:03:40.120Z",
    "collectivity": "paris",
    "sequence": "3",
}


def example(type_: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES[0].parent / f"{type_}.json").read_text("utf-8"))
    return found


def structured(data: Any, **attributes: Any) -> bytes:
    return json.dumps(ATTRIBUTES | attributes | {"data": data}).encode()


def headers(**attributes: str) -> list[tuple[str, bytes]]:
    return [(f"ce_{name}", value.encode()) for name, value in (ATTRIBUTES | attributes).items()]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "libs" / "events" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_models_are_those_that_the_generator_writes_now(generator: ModuleType) -> None:
    written = {name: (generator.PACKAGE / f"{name}.py").read_text("utf-8") for name in generator.modules()}
    wanted = {name: generator.formatted(text) for name, text in generator.modules().items()}
    assert written == wanted, "the schemas have changed: make events"
    assert generator.SCHEMAS.read_text("utf-8") == generator.schemas(), "the schemas have changed: make events"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_example_of_the_contracts_is_read_whole(path: Path) -> None:
    data = json.loads(path.read_text("utf-8"))
    event = from_structured(structured(data, type=path.stem))
    assert isinstance(event.data, MODELS[path.stem])
    assert {field.name for field in dataclasses.fields(event.data)} == set(data)
    assert from_kafka(json.dumps(data).encode(), headers(type=path.stem)) == event


def test_members_have_the_types_of_the_schema() -> None:
    data = from_structured(structured(example(RequestReplied.TYPE))).data
    assert isinstance(data.request_id, UUID)
    assert isinstance(data.occurred_at, datetime)
    assert data.occurred_at.tzinfo is not None
    assert data.sequence == 3


def test_what_a_newer_parvis_sends_is_read_too() -> None:
    event = from_structured(structured(example(RequestReplied.TYPE) | {"mood": "good"}))
    assert isinstance(event.data, RequestReplied)
    assert from_structured(structured({"a": 1}, type="fr.parvis.requests.request-sung.v7")).data == {"a": 1}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no JSON"),
        (b"[]", "no JSON object"),
        (b"[" * 100_000, "no JSON"),
        (b'{"specversion": "0.3", "data": {}}', "not CloudEvents 1.0"),
        (structured("text"), "data is no object"),
        (structured({}, id="one"), "hexadecimal"),
        (structured({}), "missing"),
        (structured(example(RequestReplied.TYPE) | {"sequence": True}), "sequence"),
        (structured(example(RequestReplied.TYPE) | {"occurred_at": "soon"}), "occurred_at"),
        (structured(example(RequestReplied.TYPE) | {"reference": None}), "reference"),
        (b'"' + b"x" * 1_100_000 + b'"', "too large"),
    ],
)
def test_what_is_no_event_is_refused_by_name(body: bytes, reason: str) -> None:
    with pytest.raises(MalformedEventError, match=reason):
        from_structured(body)


def test_a_record_without_attributes_or_with_other_text_is_refused() -> None:
    for value, attributes in ((b"{}", []), (None, headers()), (b"{}", [("ce_specversion", b"\xff")])):
        with pytest.raises(MalformedEventError):
            from_kafka(value, attributes)
