# SPDX-License-Identifier: EUPL-1.2
"""A short way to write proposals together over the API."""

import itertools
from typing import Any

import httpx
from participation_town import Town

from parvis_testing import Caller

_keys = itertools.count()


async def invite(town: Town, who: Caller, proposal: dict[str, Any]) -> httpx.Response:
    headers = who.headers | {"Idempotency-Key": f"invitation-{next(_keys)}"}
    return await town.client.post(f"/v1/proposals/{proposal['id']}/invitations", headers=headers)


async def answer(
    town: Town, who: Caller, proposal: dict[str, Any], token: str, *, accepting: bool = True
) -> httpx.Response:
    path, body = f"/v1/proposals/{proposal['id']}/co-authors/mine", {"token": token, "accepting": accepting}
    return await town.client.put(path, json=body, headers=who.headers)


async def joined(town: Town, ada: Caller, proposal: dict[str, Any], *others: Caller) -> None:
    for who in others:
        token = (await invite(town, ada, proposal)).json()["token"]
        assert (await answer(town, who, proposal, token)).json()["writing"] is True
