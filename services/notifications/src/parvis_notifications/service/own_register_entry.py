# SPDX-License-Identifier: EUPL-1.2
"""People ask to be in the register, and see, correct and leave what is theirs; no answer says who else is in it.

An account is linked to an entry by an agent alone, who knows whose it is: neither a name nor a date of birth, which
anybody can type, opens what the register says of somebody.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.security.principal import Principal
from parvis_notifications.db import register, register_requests, subscribers
from parvis_notifications.db.alert_tables import RegisterRequest
from parvis_notifications.domain.errors import EntryPositionError, NotFoundError
from parvis_notifications.domain.own_entry import NoWordsError, OwnEntry, OwnState, SaidEntry, TooManyOwnActsError
from parvis_notifications.service.change_register import ChangedEntry, change_entry
from parvis_notifications.service.keep_register import opened
from parvis_notifications.service.note_visit import visits_of

ASKED: Final = "register_request.content"
REFUSED: Final = "register_request.reason"
_DAY: Final = timedelta(days=1)
# The law has each act kept and read: whoever changes all the time would hide all others.
_MOST_A_DAY: Final = 20
_REASON: Final = "—"
"""Of a change that its person made: the law asks nobody why."""


async def own_entry(session: AsyncSession, persons: PersonKeys, citizen: Principal) -> OwnEntry:
    """What is the caller's; raises NotFoundError where nothing is."""
    entry = await register_requests.entry_of(session, citizen.collectivity, citizen.person)
    found = await opened(persons, [entry]) if entry is not None else []
    if found:
        row, content = found[0]
        visits = await visits_of(session, persons, row.id)
        return OwnEntry(OwnState.ENTERED, content, row.created_at, visits=visits)
    asked = await register_requests.of_person(session, citizen.collectivity, citizen.person)
    if asked is None:
        raise NotFoundError
    key = await persons.of(citizen.person)
    said = json.loads(key.open(ASKED, asked.content))
    reason = key.open(REFUSED, asked.reason) if asked.reason is not None else None
    return OwnEntry(OwnState(asked.state), said["content"], asked.asked_at, reason)


async def say_own(
    session: AsyncSession, persons: PersonKeys, index: BlindIndex, citizen: Principal, said: SaidEntry, now: datetime
) -> OwnEntry:
    """Correct the caller's entry, at once, or ask for one, in the place of what they asked for before.

    Where it says that already, nothing is changed. Raises NoWordsError, EntryPositionError, TooManyOwnActsError.
    """
    await register_requests.lock(session, citizen.collectivity, citizen.person)
    if await register.own_acts(session, citizen.collectivity, citizen.person, now - _DAY, _MOST_A_DAY) >= _MOST_A_DAY:
        raise TooManyOwnActsError
    entry = await register_requests.entry_of(session, citizen.collectivity, citizen.person, locked=True)
    if entry is not None and not await persons.of_many({entry.id}):  # killed as it was left: its key went first
        await subscribers.remove(session, await subscribers.one(session, entry.id))
        entry = None
    if entry is not None:
        changed = ChangedEntry(said.content, said.language, said.position, _REASON)
        row = await change_entry(
            session, persons, index, citizen, entry.id, changed, version=entry.version, now=now, own=True
        )
        visits = await visits_of(session, persons, row.id)
        return OwnEntry(OwnState.ENTERED, said.content, row.created_at, visits=visits)
    if said.words is None:
        raise NoWordsError
    if said.position is None:
        raise EntryPositionError
    since = await _ask(session, persons, citizen, replace(said, language=said.language or "fr"), now)
    return OwnEntry(OwnState.ASKED, said.content, since)


async def _ask(
    session: AsyncSession, persons: PersonKeys, citizen: Principal, said: SaidEntry, now: datetime
) -> datetime:
    """Keep it; returns since when they ask for just that."""
    key, kept = await persons.of(citizen.person), json.dumps(_kept(said))
    row = await register_requests.of_person(session, citizen.collectivity, citizen.person)
    if row is not None and row.state == OwnState.ASKED and key.open(ASKED, row.content) == kept:
        return row.asked_at
    content = key.seal(ASKED, kept)
    if row is None:
        row = RegisterRequest(id=uuid7(), collectivity=citizen.collectivity, person=citizen.person, version=0)
        session.add(row)
    row.state, row.content, row.version, row.asked_at = OwnState.ASKED, content, row.version + 1, now
    row.reason = row.settled_at = row.settled_by = None
    register.note_access(session, row.collectivity, citizen.person, "own-ask", now)
    await session.flush()
    return now


async def leave_own(session: AsyncSession, citizen: Principal, now: datetime) -> UUID | None:
    """Take the caller's entry out, or what they asked for back; raises NotFoundError where there is nothing.

    Returns the entry whose key the caller destroys, None where there was none.
    """
    await register_requests.lock(session, citizen.collectivity, citizen.person)
    entry = await register_requests.entry_of(session, citizen.collectivity, citizen.person, locked=True)
    asked = await register_requests.of_person(session, citizen.collectivity, citizen.person)
    if entry is None and asked is None:
        raise NotFoundError
    register.note_access(
        session, citizen.collectivity, citizen.person, "own-leave", now, entry=entry.id if entry else None
    )
    if asked is not None:
        await session.delete(asked)
    await session.flush()
    if entry is None:
        return None
    await subscribers.remove(session, await subscribers.one(session, entry.id))
    return entry.id


def _kept(said: SaidEntry) -> dict[str, Any]:
    return {
        "content": dict(said.content),
        "language": said.language,
        "position": said.position,
        "words": said.words,
    }


def said_of(kept: str) -> SaidEntry:
    """What was asked for, as it was kept."""
    said = json.loads(kept)
    return SaidEntry(said["content"], said["language"], tuple(said["position"]), said["words"])
