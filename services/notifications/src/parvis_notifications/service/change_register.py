# SPDX-License-Identifier: EUPL-1.2
"""Agents correct what the register says of somebody, and say why; to what that person agreed stays as it was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_kit.security.principal import Principal
from parvis_notifications.db import register, subscribers
from parvis_notifications.db.alert_tables import RegisterChange, RegisterEntry
from parvis_notifications.domain.errors import EntryPositionError, NotFoundError, StaleVersionError
from parvis_notifications.domain.geometry import Position
from parvis_notifications.domain.subscribing import NewPlace
from parvis_notifications.service.index_register import read_entry
from parvis_notifications.service.keep_register import reach

_CONTENT: Final = "register_entry.content"
_REASON: Final = "register_change.reason"
_BEFORE: Final = "register_change.before"
_HOME: Final = "register_change.home"


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """What is to stand there and why; no position: they live where they lived."""

    content: Mapping[str, Any]
    language: str | None
    position: Position | None
    reason: str


async def change_entry(
    session: AsyncSession,
    persons: PersonKeys,
    index: BlindIndex,
    agent: Principal,
    entry_id: UUID,
    new: ChangedEntry,
    *,
    version: int,
    now: datetime,
    own: bool = False,
    linking: bool = False,
) -> RegisterEntry:
    """Put it in the place of what stood there, which is kept sealed; from then on alerts follow it.

    ``own`` is that ``agent`` is no agent, but the person themselves, who changes nothing by saying what it says;
    ``linking`` that the words are of an account that
    is linked to it.

    Raises NotFoundError, StaleVersionError; EntryPositionError for another address without its position: alerts would
    go where they live no more.
    """
    entry = await register.one(session, agent.collectivity, entry_id, locked=True)
    if entry.version != version:
        raise StaleVersionError
    key = await _key(persons, entry_id)
    before = key.open(_CONTENT, entry.content)
    row = await subscribers.one(session, entry_id, locked=True)
    address = new.content["address"]
    moved = address != json.loads(before)["address"]
    if moved and new.position is None:
        raise EntryPositionError
    lived = (await subscribers.places_of(session, entry_id))[0].position
    position = new.position or lived
    home = key.seal(_HOME, json.dumps({"position": lived, "language": row.language}))
    # What an account says again was made sure of as well.
    entry.checked_at = now
    same = (dict(new.content), position, new.language or row.language)
    if own and same == (json.loads(before), lived, row.language):
        return entry
    await subscribers.put_places(session, row, [NewPlace(address[:100], position, None, None)], key)
    reach(row, key, index, new.content["email"], new.content["phone"])
    row.prefers_calls = bool(new.content.get("prefers_calls"))
    row.language, row.version, row.updated_at = new.language or row.language, row.version + 1, now
    entry.content, entry.version = key.seal(_CONTENT, json.dumps(dict(new.content))), version + 1
    read_entry(entry, new.content, index)
    session.add(
        RegisterChange(
            id=uuid7(),
            entry=entry_id,
            collectivity=entry.collectivity,
            agent=agent.person,
            reason=key.seal(_REASON, new.reason),
            before=key.seal(_BEFORE, before),
            home=home,
            own=own,
            linking=linking,
            created_at=now,
        )
    )
    act = "own-change" if own else "change"
    register.note_access(session, entry.collectivity, agent.person, act, now, entry=entry_id)
    await session.flush()
    return entry


async def put_back(
    session: AsyncSession,
    persons: PersonKeys,
    index: BlindIndex,
    agent: Principal,
    entry: RegisterEntry,
    reason: str,
    now: datetime,
) -> bool:
    """Have a locked entry say again what it said before an account was linked to it.

    False where it says on what it does: an agent has corrected it since, who knew whose it is.
    """
    linking = await register.last_change_of_agents(session, entry.id)
    if linking is None or not linking.linking or linking.home is None:
        return False
    key = await _key(persons, entry.id)
    home = json.loads(key.open(_HOME, linking.home))
    stood = json.loads(key.open(_BEFORE, linking.before))
    before = ChangedEntry(stood, home["language"], tuple(home["position"]), reason)
    await change_entry(session, persons, index, agent, entry.id, before, version=entry.version, now=now)
    # Nobody has made sure of that now, nor is it known who did last.
    entry.checked_at = None
    return True


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change, with what is sealed of it."""

    row: RegisterChange
    reason: str
    before: dict[str, Any]


async def list_changes(
    session: AsyncSession,
    persons: PersonKeys,
    agent: Principal,
    entry_id: UUID,
    position: keyset.Position | None,
    limit: int,
    now: datetime,
) -> keyset.Slice[ToldChange]:
    """One page of an entry's, newest first, in the transaction that keeps who read them; raises NotFoundError."""
    await register.one(session, agent.collectivity, entry_id)
    found = await register.changes(session, entry_id, position, limit)
    key = await _key(persons, entry_id)
    register.note_access(session, agent.collectivity, agent.person, "changes", now, entry=entry_id)
    told = [
        ToldChange(row, key.open(_REASON, row.reason), json.loads(key.open(_BEFORE, row.before))) for row in found.rows
    ]
    return keyset.Slice(told, found.next, found.previous)


async def _key(persons: PersonKeys, entry_id: UUID) -> PersonKey:
    try:
        return await persons.of(entry_id)
    except KeyDestroyedError as error:
        raise NotFoundError from error
