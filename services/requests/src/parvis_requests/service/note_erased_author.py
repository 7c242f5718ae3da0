# SPDX-License-Identifier: EUPL-1.2
"""Agents see that the author of a request has erased their account: nobody reads what they write from now on."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import appeals, catalogue, requests
from parvis_requests.domain.appeal import AppealState
from parvis_requests.domain.request import Actor, Visibility

ERASED: Final = "author-erased"


async def note_erased_author(session: AsyncSession, person: UUID, now: datetime) -> None:
    """Note it in each request of theirs that agents still work on, in the caller's transaction; shown as unread.

    That is what goes on, and what has ended while an appeal against its refusal is open.
    """
    ends: dict[str, frozenset[catalogue.End]] = {}
    filed = await requests.of_author(session, person)
    lodged = await appeals.of_requests(session, [row.id for row in filed])
    contested = {id_ for id_, rows in lodged.items() if any(row.state == AppealState.OPEN for row in rows)}
    for row in filed:
        if row.collectivity not in ends:
            ends[row.collectivity] = await catalogue.ends(session, row.collectivity)
        if catalogue.End(*requests.form_key(row), row.status) in ends[row.collectivity] and row.id not in contested:
            continue
        author = Actor(person, row.collectivity, is_agent=False)
        after = requests.entity(row).heard(author).after_word()
        await requests.save(session, after, now)
        requests.record(session, after, author, ERASED, now, Visibility.INTERNAL)
    await session.flush()
