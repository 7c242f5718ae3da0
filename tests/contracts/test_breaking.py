# SPDX-License-Identifier: EUPL-1.2
"""The checker of breaking changes sees each kind of breakage, and nothing in an additive change."""

import copy
from typing import Any

import pytest
from openapi_semantics import breaking

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
