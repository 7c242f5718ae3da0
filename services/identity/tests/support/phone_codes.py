# SPDX-License-Identifier: EUPL-1.2
"""Codes on their way to people's telephones, as the service that sends them sees them."""

import json

import httpx
from identity_town import Town
from machines import bearer, machine


async def asked(town: Town) -> list[str]:
    """The codes that others were told to send, by their ids, oldest first."""
    rows = await town.rows("SELECT data FROM outbox WHERE type = 'fr.parvis.identity.phone-code-asked.v1' ORDER BY id")
    return [json.loads(row["data"])["code_id"] for row in rows]


async def to_send(town: Town, id_: str) -> httpx.Response:
    return await town.internal.get(f"/internal/v1/phone-codes/{id_}", headers=bearer(await machine(town)))


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"
