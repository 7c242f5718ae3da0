# SPDX-License-Identifier: EUPL-1.2
"""The checker of breaking changes sees each kind of breakage, and nothing in an additive change."""

import copy
from typing import Any

import pytest
from event_compatibility import broken
from openapi_semantics import breaking
from released import ROOT, released

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/v1/things": {
            "post": {
                "operationId": "make",
                "x-parvis-class": "token",
                "security": [{"oauth2": ["a.b.write"]}],
                "parameters": [{"in": "query", "name": "kind", "schema": {"type": "string", "enum": ["a", "b"]}}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": []}
                        }
                    }
                },
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"id": {"type": "string"}},
                                    "required": ["id"],
                                }
                            }
                        }
                    }
                },
            }
        }
    }
}


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    node: Any = document["paths"]["/v1/things"]
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


BODY = ["post", "requestBody", "content", "application/json", "schema"]
ANSWER = ["post", "responses", "201", "content", "application/json", "schema"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["post"], None),
        (["post", "parameters"], []),
        (["post", "parameters", 0, "required"], True),
        (["post", "parameters", 0, "schema", "enum"], ["a"]),
        (["post", "security"], [{"oauth2": ["a.b.admin"]}]),
        ([*BODY, "required"], ["name"]),
        ([*BODY, "properties"], {}),
        ([*BODY, "properties", "name", "type"], "integer"),
        (["post", "responses"], {"200": {}}),
        ([*ANSWER, "properties"], {}),
        ([*ANSWER, "required"], []),
        ([*ANSWER, "properties", "id", "type"], "integer"),
    ],
)
def test_a_breaking_change_is_seen(path: list[Any], value: Any) -> None:
    assert list(breaking(DOCUMENT, changed(path, value))) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["get"], {"operationId": "list", "responses": {"200": {}}}),
        (["post", "parameters", 0, "schema", "enum"], ["a", "b", "c"]),
        ([*BODY, "properties", "more"], {"type": "string"}),
        ([*ANSWER, "properties", "more"], {"type": "string"}),
        (["post", "responses", "409"], {"description": "Problem"}),
        (["post", "description"], "New words"),
    ],
)
def test_an_additive_change_is_none(path: list[Any], value: Any) -> None:
    assert list(breaking(DOCUMENT, changed(path, value))) == []


EVENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "state": {"type": "string", "enum": ["open", "closed"]},
        "areas": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}},
    },
    "required": ["id"],
}


def changed_event(path: list[Any], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(EVENT)
    node: Any = document
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["properties", "state"], None),
        (["properties", "id", "type"], ["string", "null"]),
        (["properties", "id", "format"], None),
        (["properties", "state", "enum"], ["open", "closed", "lost"]),
        (["properties", "state", "enum"], None),
        (["properties", "areas", "items", "pattern"], "^.*$"),
        (["properties", "areas", "items"], None),
        (["required"], []),
    ],
)
def test_a_breaking_change_of_an_event_is_seen(path: list[Any], value: Any) -> None:
    assert list(broken(EVENT, changed_event(path, value))) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["properties", "more"], {"type": "integer"}),
        (["properties", "state", "enum"], ["open"]),
        (["required"], ["id", "state"]),
        (["title"], "Other words"),
    ],
)
def test_an_additive_change_of_an_event_is_none(path: list[Any], value: Any) -> None:
    assert list(broken(EVENT, changed_event(path, value))) == []


def test_what_the_last_release_had_is_read_from_its_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = {"describe": "v1\n", "ls-tree": "contracts/events/a/v1.json\n", "show": "{}"}
    monkeypatch.setattr("released._git", lambda command, *_arguments: commands[command])
    assert released(ROOT / "contracts" / "events") == {ROOT / "contracts/events/a/v1.json": "{}"}
    monkeypatch.setattr("released._git", lambda *_arguments: "")
    assert released(ROOT / "contracts" / "events") == {}
