# SPDX-License-Identifier: EUPL-1.2
"""Agents see that the author of a request has erased their account: nobody reads what they write from now on."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import appeals, catalogue, requests
from parvis_requests.domain.appeal import AppealState
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.team import Alert
from parvis_requests.service.appeal_alerts import alert_of_appeal

ERASED: Final = "author-erased"


async def note_erased_author(session: AsyncSession, person: UUID, now: datetime) -> None:
    """Note it in each request of theirs that agents still work on, in the caller's transaction; shown as unread.

    That is what goes on, and what has ended while an appeal against its refusal is open: who decides that is alerted.
    """
    ends: dict[str, frozenset[catalogue.End]] = {}
    filed = await requests.of_author(session, person)
    lodged = await appeals.of_requests(session, [row.id for row in filed])
    contested = {id_: [row for row in rows if row.state == AppealState.OPEN] for id_, rows in lodged.items()}
    for row in filed:
        if row.collectivity not in ends:
            ends[row.collectivity] = await catalogue.ends(session, row.collectivity)
        if catalogue.End(*requests.form_key(row), row.status) in ends[row.collectivity] and not contested.get(row.id):
            continue
        author = Actor(person, row.collectivity, is_agent=False)
        after = requests.entity(row).heard(author).after_word()
        await requests.save(session, after, now)
        requests.record(session, after, author, ERASED, now, Visibility.INTERNAL)
        for appeal in contested.get(row.id, ()):
            await alert_of_appeal(session, after, appeal, Alert.AUTHOR_ERASED, now)
    await session.flush()
