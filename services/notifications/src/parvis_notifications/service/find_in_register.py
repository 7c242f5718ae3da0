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

_MOST: Final = 100


async def find_named(
    session: AsyncSession,
    persons: PersonKeys,
    index: BlindIndex,
    agent: Principal,
    family_name: str,
    birth_on: date | None,
    now: datetime,
) -> list[tuple[RegisterEntry, dict[str, Any]]]:
    """Those of that name, born then where that is asked, newest first, in the transaction that keeps the look."""
    rows = await register_pages.named(session, agent.collectivity, name_mark(index, family_name), _MOST)
    found = await opened(persons, list(rows))
    if birth_on is not None:
        found = [each for each in found if each[1]["birth_on"] == birth_on.isoformat()]
    register.note_access(session, agent.collectivity, agent.person, "search", now, people=len(found))
    return found


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
