# SPDX-License-Identifier: EUPL-1.2
"""People who change their own account, and what the change leaves behind."""

import json
from typing import Any

import httpx
from counter import Caller
from identity_town import Town

MERGE_PATCH = "application/merge-patch+json"
ADDRESSES = "/v1/me/addresses"
HOME: dict[str, Any] = {
    "kind": "home",
    "house_number": "12 bis",
    "street": "Rue de la Paix",
    "complement": "Bâtiment C",
    "postcode": "75002",
    "city": "Paris",
    "city_code": "75102",
    "position": {"type": "Point", "coordinates": [2.331, 48.869]},
}


async def change(caller: Caller, body: Any, tag: str | None = None, **headers: str) -> httpx.Response:
    """PATCH one's own account, at the version that it has now unless told otherwise."""
    seen = tag or (await caller.get("/v1/me")).headers["etag"]
    return await caller.call("PATCH", "/v1/me", body, **({"if-match": seen, "content-type": MERGE_PATCH} | headers))


async def told(town: Town) -> list[dict[str, Any]]:
    """The data of each person-changed event."""
    rows = await town.rows("SELECT data FROM outbox WHERE type = 'fr.parvis.identity.person-changed.v1' ORDER BY id")
    return [json.loads(row["data"]) for row in rows]


async def trail(town: Town, *actions: str) -> list[tuple[str, Any]]:
    """The audit entries of these actions."""
    rows = await town.rows("SELECT action, details FROM audit_entry WHERE action = ANY($1) ORDER BY id", list(actions))
    return [(row["action"], json.loads(row["details"])) for row in rows]


async def added(caller: Caller, body: Any = HOME) -> httpx.Response:
    answer = await caller.post(ADDRESSES, body)
    assert answer.status_code == 201, answer.text
    return answer
