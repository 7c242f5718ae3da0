# SPDX-License-Identifier: EUPL-1.2
"""A short way to do over the API what tests do with the routing of a town."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from requests_town import Town

from parvis_testing import Caller

_types = itertools.count()


async def say(
    town: Town, *rules: dict[str, Any], tag: str | None = None, caller: Caller | None = None
) -> httpx.Response:
    administrator = caller or town.administrator()
    seen = tag or (await town.get(town.administrator(), "/v1/routing")).headers["etag"]
    return await town.client.put(
        "/v1/routing", json={"rules": list(rules)}, headers=administrator.headers | {"If-Match": seen}
    )


async def trial(town: Town, code: str, **more: Any) -> dict[str, Any]:
    body = {"request_type": code, **more}
    answer = await town.client.post("/v1/routing/trials", json=body, headers=town.administrator().headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@asynccontextmanager
async def own_rules(town: Town) -> AsyncIterator[Town]:
    """Paris, whose own rules are those of the file again afterwards."""
    yield town
    undone = "UPDATE collectivity SET routing = NULL, routing_version = 0, catalogue_version = catalogue_version + 1"
    await town.service.runtime.database.pool.execute(f"{undone} WHERE collectivity = 'paris'")
    # What the process has read, it forgets when somebody says the rules anew.
    await say(town)
    await town.service.runtime.database.pool.execute(f"{undone} WHERE collectivity = 'paris'")


async def new_type(town: Town, **changes: Any) -> str:
    code = f"routed-{next(_types)}"
    await town.publish(code, **changes)
    return code
