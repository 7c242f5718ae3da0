# SPDX-License-Identifier: EUPL-1.2
"""The free slots of a kind of appointments, over all agendas in which it is given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import agendas
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.tables import AppointmentKind
from parvis_requests.domain.agenda import Span, free_slots, side_by_side
from parvis_requests.domain.calendar import Holidays

# What one look goes through: longer windows are paged by the caller.
WINDOW: Final = timedelta(days=31)
_INSTEAD: Final = 5

Free = Sequence[tuple[Span, Sequence[UUID]]]


async def find_slots(
    session: AsyncSession,
    kind: AppointmentKind,
    within: Span,
    limit: int,
    *,
    holidays: Holidays,
    now: datetime,
    soon: bool = False,
) -> Free:
    """The first free slots that begin in a span, with the agendas that offer each; ``soon`` regardless of lead time."""
    rhythm = kinds.rhythm(kind, soon=soon)
    bookable = rhythm.bookable(now)
    within = Span(max(within.start, bookable.start), min(within.end, bookable.end))
    if within.start >= within.end:
        return []
    # A slot that begins in the span may end after it.
    touched = Span(within.start - timedelta(days=1), within.end + rhythm.duration + rhythm.buffer)
    rows = await agendas.open_for(session, kind.id)
    openings = await agendas.openings(session, rows, touched, holidays)
    busy = await agendas.busy(session, openings.keys(), touched)
    free = {id_: free_slots(opening, rhythm, busy[id_], within) for id_, opening in openings.items()}
    return side_by_side(free, limit)


async def slots_instead(
    session: AsyncSession, kind: AppointmentKind, start: datetime, *, holidays: Holidays, now: datetime, soon: bool
) -> Free:
    """The next few free slots from an instant on."""
    within = Span(start, start + WINDOW)
    return await find_slots(session, kind, within, _INSTEAD, holidays=holidays, now=now, soon=soon)
