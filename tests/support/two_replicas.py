# SPDX-License-Identifier: EUPL-1.2
"""Two replicas of a service on one database, and a proof of possession that comes to both."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
from fastapi import FastAPI

from parvis_kit.db.database import open_database
from parvis_kit.runtime import Runtime
from parvis_kit.security.dpop import Proofs
from parvis_testing import ISSUER, KeyHolder


async def answers_to_one_proof(
    runtime: Runtime[Any], app: Callable[[Runtime[Any]], FastAPI], path: str, token: str, holder: KeyHolder
) -> Counter[int]:
    """The statuses of fifty calls at once with a token and the same proof of its holder, at two replicas by turns."""
    sent = {"authorization": f"DPoP {token}", "dpop": holder.proof("GET", f"{ISSUER}{path}", token=token)}
    async with open_database(runtime.settings, "replica") as database:
        other = replace(runtime, database=database, proofs=Proofs(database.hot))
        clients = [
            httpx.AsyncClient(transport=httpx.ASGITransport(app(one)), base_url=ISSUER) for one in (runtime, other)
        ]
        calls = (clients[number % 2].get(path, headers=sent) for number in range(50))
        statuses = Counter(answer.status_code for answer in await asyncio.gather(*calls))
        for client in clients:
            await client.aclose()
    return statuses
