# SPDX-License-Identifier: EUPL-1.2
"""A short way to give notice of something without an account."""

import itertools
from typing import Any

import httpx
from participation_town import Town

_keys = itertools.count()


async def give(town: Town, content: dict[str, Any], kind: str = "proposal", **changes: Any) -> httpx.Response:
    body = {
        "kind": kind,
        "content_id": content["id"],
        "category": "threat",
        "explanation": "Il menace.",
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "good_faith": True,
    } | changes
    headers = {"Idempotency-Key": f"a-secret-of-somebody-else-{next(_keys)}"}
    return await town.client.post("/v1/collectivities/paris/content-notices", json=body, headers=headers)
