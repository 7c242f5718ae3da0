# SPDX-License-Identifier: EUPL-1.2
"""The operators' command in front of the town under test."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from identity_town import Town

from parvis_cli.__main__ import main


def connect(town: Town, monkeypatch: pytest.MonkeyPatch, before: Callable[[], Awaitable[None]] | None = None) -> None:
    """Have the command's calls answered by the town; ``before`` each of them, something else happens."""
    loop, client = asyncio.get_running_loop(), httpx.Client

    async def answered(request: httpx.Request) -> httpx.Response:
        if before:
            await before()
        async with town.client() as http:
            given = await http.request(request.method, request.url, content=request.content, headers=request.headers)
        return httpx.Response(given.status_code, content=given.content)

    def through(request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(answered(request), loop).result(60)

    monkeypatch.setattr(httpx, "Client", lambda **given: client(**given, transport=httpx.MockTransport(through)))


async def parvis(*arguments: str) -> int:
    """The command's exit code."""
    return await asyncio.to_thread(main, arguments)
