# SPDX-License-Identifier: EUPL-1.2
"""A short way to amend proposals over the API."""

import itertools
from typing import Any

import httpx
from participation_town import Town
from proposal_town import BODY

from parvis_testing import Caller

GARE = "Au soleil, devant la gare."
_keys = itertools.count()


def seen_headers(who: Caller, version: int) -> dict[str, str]:
    return who.headers | {"If-Match": f'"{version}"', "Idempotency-Key": f"amendment-{next(_keys)}"}


async def amend(town: Town, who: Caller, proposal: dict[str, Any], **changes: Any) -> httpx.Response:
    body = {"title": BODY["title"], "description": GARE, "reasons": "On y attend."} | changes
    path = f"/v1/proposals/{proposal['id']}/amendments"
    return await town.client.post(path, json=body, headers=seen_headers(who, proposal["version"]))


async def answer(town: Town, who: Caller, amendment: dict[str, Any], text: str | None = None) -> httpx.Response:
    """Refuse it with that text, accept it without."""
    body = {"accepting": text is None, "answer": text}
    path = f"/v1/amendments/{amendment['id']}/answers"
    return await town.client.post(path, json=body, headers=seen_headers(who, amendment["version"]))


async def take_back(town: Town, who: Caller, amendment: dict[str, Any]) -> httpx.Response:
    headers = seen_headers(who, amendment["version"])
    return await town.client.delete(f"/v1/amendments/{amendment['id']}", headers=headers)
