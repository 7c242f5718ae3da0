# SPDX-License-Identifier: EUPL-1.2
"""What came of calling on somebody of the register during an alert, and the few words on it that their key seals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts, register, register_visits
from parvis_notifications.db.broadcast_tables import RegisterVisit
from parvis_notifications.db.register import Concerned
from parvis_notifications.domain.alert import VisitOutcome
from parvis_notifications.domain.errors import NotFoundError, VisitTimeError
from parvis_notifications.domain.own_entry import ToldVisit

CLOCKS: Final = timedelta(minutes=5)
"""Between the clock of a telephone in the street and ours."""
_NOTE: Final = "register_visit.note"


@dataclass(frozen=True, slots=True)
class NewVisit:
    """Of which alert and recipient, what came of it and when; no time: now."""

    alert: UUID
    recipient: int
    outcome: VisitOutcome
    visited_at: datetime | None
    note: str | None


async def note_visit(
    session: AsyncSession, persons: PersonKeys, agent: Principal, new: NewVisit, now: datetime
) -> RegisterVisit:
    """Keep it, in the transaction that keeps who did; raises NotFoundError, VisitTimeError."""
    visited_at = new.visited_at or now
    if visited_at > now + CLOCKS:
        raise VisitTimeError
    _, sent = await alerts.one(session, agent.collectivity, new.alert)
    if visited_at < sent.created_at - CLOCKS:
        raise VisitTimeError
    entry = await register_visits.entered(session, new.alert, new.recipient)
    row = RegisterVisit(
        id=uuid7(),
        recipient=new.recipient,
        collectivity=agent.collectivity,
        outcome=new.outcome.value,
        agent=agent.person,
        note=await _sealed(persons, entry, new.note) if new.note is not None else None,
        visited_at=min(visited_at, now),
        created_at=now,
    )
    session.add(row)
    register.note_access(session, agent.collectivity, agent.person, "visited", now, entry=entry, alert=new.alert)
    return row


async def notes_of(persons: PersonKeys, found: Sequence[Concerned]) -> dict[UUID, str]:
    """The notes of the last visits of these, by the visits' ids; those whose key is gone are left out."""
    return await _opened(persons, ((each.entry.id, each.visit) for each in found if each.visit is not None))


async def visits_of(session: AsyncSession, persons: PersonKeys, entry_id: UUID) -> list[ToldVisit]:
    """The last ones of an entry, newest first."""
    rows = await register_visits.of_entry(session, entry_id)
    notes = await _opened(persons, ((entry_id, row) for row in rows))
    return [ToldVisit(VisitOutcome(row.outcome), row.visited_at, notes.get(row.id)) for row in rows]


async def _opened(persons: PersonKeys, visits: Iterable[tuple[UUID, RegisterVisit]]) -> dict[UUID, str]:
    noted = [(entry, row.id, row.note) for entry, row in visits if row.note is not None]
    keys = await persons.of_many({entry for entry, _, _ in noted})
    return {visit: keys[entry].open(_NOTE, note) for entry, visit, note in noted if entry in keys}


async def _sealed(persons: PersonKeys, entry: UUID, note: str) -> bytes:
    try:
        return (await persons.of(entry)).seal(_NOTE, note)
    except KeyDestroyedError as error:
        raise NotFoundError from error
