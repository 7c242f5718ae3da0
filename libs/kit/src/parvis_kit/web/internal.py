# SPDX-License-Identifier: EUPL-1.2
"""The inner port of a process: health, metrics and what other services may ask with a machine token."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from parvis_kit.db.database import Database
from parvis_kit.web.operation import public
from parvis_kit.web.operation import router as operations

Check = Callable[[], Awaitable[str]]
READY = "ready"
_CHECK_SECONDS = 3


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """``/healthz`` (the process answers), ``/readyz`` (it can work) and ``/metrics``.

    A check returns ``ready`` or the name of another state, such as ``joining``; raising means failed.
    """
    router = operations(include_in_schema=False)

    @router.get("/healthz", **public())
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz", **public())
    async def ready() -> Response:
        states = dict(zip(checks, await asyncio.gather(*(_state(check) for check in checks.values())), strict=True))
        fine = all(state == READY for state in states.values())
        return JSONResponse({"status": READY if fine else "not-ready", "checks": states}, 200 if fine else 503)

    @router.get("/metrics", **public())
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, the answer is "not ready", and why
        return f"failed: {type(error).__name__}"


def database_check(database: Database, head: str) -> Check:
    """Ready when the database answers and its migrations are at ``head``."""

    async def check() -> str:
        async with database.engine.connect() as connection:
            found: Any = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return READY if found == head else f"migrations at {found}, not {head}"

    return check
