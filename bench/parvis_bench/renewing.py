# SPDX-License-Identifier: EUPL-1.2
"""Renews tokens, in a process of its own: each chain sends the refresh token that its last answer brought."""

import asyncio
import time
from typing import Any

import httpx
import uvloop

from parvis_bench import child
from parvis_bench.load import Load


def run_renewals(url: str, client_id: str, chains: list[str], *, seconds: float) -> tuple[Load, list[str]]:
    """Renew for so many seconds, every chain by itself; returns the load, and the tokens to go on with."""
    asked = {"url": url, "client_id": client_id, "chains": chains, "seconds": seconds}
    said = child.ask("renewing", asked, seconds=seconds + 30)
    return Load(said["answers"], said["seconds"]), said["chains"]


async def _renew(client: httpx.AsyncClient, asked: dict[str, Any], token: str, until: float) -> tuple[int, str]:
    count = 0
    while time.monotonic() < until:
        form = {"grant_type": "refresh_token", "client_id": asked["client_id"], "refresh_token": token}
        answer = await client.post(asked["url"], data=form)
        token = answer.raise_for_status().json()["refresh_token"]
        count += 1
    return count, token


async def _run(asked: dict[str, Any]) -> dict[str, Any]:
    started = time.monotonic()
    until = started + asked["seconds"]
    async with httpx.AsyncClient(timeout=10) as client:
        done = await asyncio.gather(*(_renew(client, asked, token, until) for token in asked["chains"]))
    seconds = time.monotonic() - started
    return {"answers": sum(count for count, _ in done), "seconds": seconds, "chains": [token for _, token in done]}


if __name__ == "__main__":
    child.answer(uvloop.run(_run(child.question())))
