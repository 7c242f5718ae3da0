# SPDX-License-Identifier: EUPL-1.2
"""Agents find somebody of the register by their name, and make sure with them of what stands there."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.security.principal import Principal
from parvis_notifications.db import register, register_pages
from parvis_notifications.db.alert_tables import RegisterEntry
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.service.index_register import name_mark
from parvis_notifications.service.keep_register import opened

MOST: Final = 100


async def find_named(
    session: AsyncSession,
    persons: PersonKeys,
    index: BlindIndex,
    agent: Principal,
    family_name: str,
    birth_on: date | None,
    now: datetime,
) -> tuple[list[tuple[RegisterEntry, dict[str, Any]]], bool]:
    """Those of that name, born then where that is asked, newest first, in the transaction that keeps the look.

    And whether there are more than the hundred that are returned. When somebody was born is sealed: all of the name
    are read until so many are found.
    """
    mark, born = name_mark(index, family_name), birth_on.isoformat() if birth_on is not None else None
    found, place, more = list[tuple[RegisterEntry, dict[str, Any]]](), None, True
    while more and len(found) <= MOST:
        page = await register_pages.named(session, agent.collectivity, mark, place, MOST)
        some = await opened(persons, list(page.rows))
        found += [each for each in some if born is None or each[1]["birth_on"] == born]
        place, more = page.next, page.next is not None
    register.note_access(session, agent.collectivity, agent.person, "search", now, people=len(found[:MOST]))
    return found[:MOST], len(found) > MOST


async def check_entry(
    session: AsyncSession, persons: PersonKeys, agent: Principal, entry_id: UUID, *, version: int, now: datetime
) -> tuple[RegisterEntry, dict[str, Any]]:
    """Keep that this version was made sure of now; raises NotFoundError, StaleVersionError."""
    row = await register.one(session, agent.collectivity, entry_id, locked=True)
    if row.version != version:
        raise StaleVersionError
    row.checked_at = now
    register.note_access(session, agent.collectivity, agent.person, "check", now, entry=entry_id)
    await session.flush()
    found = await opened(persons, [row])
    if not found:
        raise NotFoundError
    return found[0]
