# SPDX-License-Identifier: EUPL-1.2
"""Requests that were filed as the wrong type, in short."""

from copy import deepcopy
from typing import Any

import httpx
from requests_town import Town, type_definition
from workflows import transition

from parvis_testing import Caller

SCHEMA = {
    "type": "object",
    "properties": {
        "colour": {"type": "string", "enum": ["blue", "green"]},
        "size": {"type": "integer"},
        "why": {"type": "string", "minLength": 2},
    },
    "required": ["why"],
    "additionalProperties": False,
}
OTHER: dict[str, Any] = {"form": {"schema": SCHEMA, "filters": {"size": {"kind": "number", "personal": False}}}}
SOURCE = {"fr": "Un texte", "en": "A text"}


def silent(months: int = 2) -> dict[str, Any]:
    workflow = deepcopy(type_definition()["workflow"])
    workflow["transitions"].append(transition("deem", ["submitted", "studied", "waiting"], "granted", "system"))
    legal = {"silence": "accepted", "months": months, "action": "deem", "source": SOURCE, "paused_in": ["waiting"]}
    return OTHER | {"workflow": workflow, "legal": legal, "service_level": {"days": 20}}


async def filed(town: Town, citizen: Caller, code: str = "one", **answers: Any) -> dict[str, Any]:
    answer = await town.submit(citizen, request_type=code, answers=answers or {"colour": "red", "size": 4})
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def change(
    town: Town,
    agent: Caller,
    request: dict[str, Any],
    tag: str = '"1"',
    *,
    code: str = "two",
    key: str = "",
    **more: Any,
) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": key or town.key(), "If-Match": tag}
    body = {"request_type": code, "answers": {"why": "Bruit"}, "reason": "Mauvaise démarche."} | more
    return await town.client.post(f"/v1/requests/{request['id']}/type", json=body, headers=headers)
