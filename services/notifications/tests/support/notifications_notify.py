# SPDX-License-Identifier: EUPL-1.2
"""The official client of GOV.UK Notify, against this service over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from notifications_post import Post, eventually
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from notifications_senders import Office

from parvis_local.ports import LOOPBACK, free_port
from parvis_notifications.main import public_app


class Counter:
    """An application at work: the client blocks, so each of its calls has a thread."""

    def __init__(self, office: Office, base: str) -> None:
        self.office = office
        self.base = base
        self.client: Any = None

    async def with_key(self, kind: str = "live", **changes: Any) -> str:
        key = await self.office.key(kind, **changes)
        self.show(key)
        return key

    def show(self, key: str) -> None:
        client: Any = NotificationsAPIClient  # it has no types
        self.client = client(key, base_url=self.base)

    async def call(self, name: str, *values: Any, **named: Any) -> Any:
        return await asyncio.to_thread(getattr(self.client, name), *values, **named)

    async def refused(self, name: str, *values: Any, **named: Any) -> tuple[int, Any]:
        with pytest.raises(HTTPError) as caught:
            await self.call(name, *values, **named)
        return caught.value.status_code, caught.value.message


@asynccontextmanager
async def open_counter(post: Post) -> AsyncIterator[Counter]:
    port = free_port()
    app = public_app(post.service.runtime)
    server = uvicorn.Server(uvicorn.Config(app, host=LOOPBACK, port=port, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield Counter(Office(post), f"http://{LOOPBACK}:{port}")
    finally:
        server.should_exit = True
        await task
