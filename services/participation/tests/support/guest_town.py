# SPDX-License-Identifier: EUPL-1.2
"""A short way to register for public meetings without an account, and to follow the links of mails."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from meeting_town import Meeting
from participation_town import Town

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_participation.service.meeting_guests import release_held

_keys = itertools.count()
PAGE = "/meeting-registration"
HOLD = 120


async def ask(
    meeting: Meeting, email: str = "ada@example.org", name: str = "Ada Lovelace", key: str | None = None
) -> httpx.Response:
    headers = {"Idempotency-Key": key or f"a-secret-of-a-stranger-{next(_keys)}"}
    body = {"name": name, "email": email}
    return await meeting.town.client.post(f"{meeting.public}/registrations", json=body, headers=headers)


async def mails(town: Town) -> list[dict[str, Any]]:
    """The events that have people confirm their addresses, the first first."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%.meeting-news-told.%' ORDER BY id"
    )
    told = [json.loads(row["data"]) for row in rows]
    return [each for each in told if each["subject"] == "to-confirm"]


async def contact(town: Town, person: str, **changes: str) -> httpx.Response:
    """What the service that writes is told."""
    caller = town.service.system(scope="participation.guests.read")
    path = f"/internal/v1/meeting-guests/{person}?collectivity={changes.get('collectivity', 'paris')}"
    return await town.service.internal.get(path, headers=caller.headers)


async def asked(meeting: Meeting, email: str = "ada@example.org", name: str = "Ada Lovelace") -> str:
    """Register; the link of the mail."""
    answer = await ask(meeting, email, name)
    assert answer.status_code == 202, answer.text
    found = await contact(meeting.town, (await mails(meeting.town))[-1]["registrant"])
    assert found.status_code == 200, found.text
    return f"{PAGE}?token={found.json()['link'].split('token=')[1]}"


async def press(town: Town, link: str, action: str = "confirm") -> httpx.Response:
    return await town.client.post(f"{link}&action={action}")


async def told(town: Town) -> list[tuple[str, str]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data::jsonb->>'subject' AS subject, data::jsonb->>'registrant' AS person FROM outbox ORDER BY id"
    )
    return [(row["subject"], row["person"]) for row in rows if row["subject"] not in (None, "to-confirm")]


async def forgotten(town: Town) -> list[str]:
    """Who is to be forgotten elsewhere as well."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data::jsonb->>'person' AS person FROM outbox WHERE type LIKE '%.guest-forgotten.%' ORDER BY id"
    )
    return [row["person"] for row in rows]


async def release(town: Town, minutes: int = HOLD + 1) -> int:
    runtime = town.service.runtime
    return await release_held(runtime.database, runtime.persons, datetime.now(UTC) + timedelta(minutes=minutes))


async def erased(town: Town, person: str) -> bool:
    try:
        await town.service.runtime.persons.of(UUID(person))
    except KeyDestroyedError:
        return True
    return False
