# SPDX-License-Identifier: EUPL-1.2
"""A short way to propose and support over the API."""

import itertools
from typing import Any

import httpx
from participation_town import Town

from parvis_testing import Caller

POSITION = {"type": "Point", "coordinates": [2.35, 48.86]}
BODY = {"title": "Des bancs", "description": "Au soleil, devant la mairie.", "estimate": "800", "position": POSITION}
LIST = "/v1/collectivities/paris/proposals"
_keys = itertools.count()


async def propose(town: Town, who: Caller, **changes: Any) -> httpx.Response:
    headers = who.headers | {"Idempotency-Key": f"proposal-{next(_keys)}"}
    return await town.client.post("/v1/proposals", json=BODY | changes, headers=headers)


async def edit(town: Town, who: Caller, proposal: dict[str, Any], **changes: Any) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{proposal["version"]}"'}
    return await town.client.put(f"/v1/proposals/{proposal['id']}", json=BODY | changes, headers=headers)


async def withdraw(town: Town, who: Caller, proposal: dict[str, Any]) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{proposal["version"]}"'}
    return await town.client.delete(f"/v1/proposals/{proposal['id']}", headers=headers)


async def support(town: Town, who: Caller, proposal: dict[str, Any], *, supporting: bool = True) -> httpx.Response:
    path = f"/v1/proposals/{proposal['id']}/supports"
    return await town.client.post(path, json={"supporting": supporting}, headers=who.headers)


def verified(town: Town, **claims: Any) -> Caller:
    return town.service.citizen(**{"acr": "eidas1", **claims})
