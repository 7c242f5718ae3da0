# SPDX-License-Identifier: EUPL-1.2
"""A short way to do over the API what tests do with bulk operations."""

from datetime import UTC, datetime
from typing import Any

import httpx
from requests_town import Town

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.work_off_bulk import work_off_bulk
from parvis_requests.worker import code_of
from parvis_testing import Caller


async def start(town: Town, caller: Caller, *requests: Any, action: str | None = "take", **more: Any) -> httpx.Response:
    seen = [{"id": request["id"], "version": request["version"]} for request in requests]
    body = {"action": action, "requests": seen, **more}
    headers = caller.headers | {"Idempotency-Key": town.key()}
    return await town.client.post("/v1/bulk-operations", json=body, headers=headers)


async def work(town: Town, **options: Any) -> int:
    runtime = town.service.runtime
    catalogues = Catalogues(runtime.database, 10)
    return await work_off_bulk(
        runtime.database, catalogues, runtime.persons, code_of, lambda: datetime.now(UTC), **options
    )


async def outcomes(town: Town, caller: Caller, path: str) -> list[tuple[str, str | None]]:
    items = (await town.get(caller, path)).json()["items"]
    return [(item["outcome"], item["problem"]) for item in items]
