# SPDX-License-Identifier: EUPL-1.2
"""Agents see that the author of a request has erased their account: nobody reads what they write from now on."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import catalogue, requests
from parvis_requests.domain.request import Actor, Visibility

ERASED: Final = "author-erased"


async def note_erased_author(session: AsyncSession, person: UUID, now: datetime) -> None:
    """Note it in each request of theirs that goes on, in the caller's transaction; the queue shows it as unread."""
    ends: dict[str, frozenset[catalogue.End]] = {}
    for row in await requests.of_author(session, person):
        if row.collectivity not in ends:
            ends[row.collectivity] = await catalogue.ends(session, row.collectivity)
        if catalogue.End(*requests.form_key(row), row.status) in ends[row.collectivity]:
            continue
        author = Actor(person, row.collectivity, is_agent=False)
        after = requests.entity(row).heard(author).after_word()
        await requests.save(session, after, now)
        requests.record(session, after, author, ERASED, now, Visibility.INTERNAL)
    await session.flush()
