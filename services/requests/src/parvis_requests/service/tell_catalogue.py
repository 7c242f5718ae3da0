# SPDX-License-Identifier: EUPL-1.2
"""Tell other systems the state of a catalogue, in the transaction that changes it: one event for each type and area."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import catalogue, catalogue_states
from parvis_requests.domain.errors import NotFoundError


async def tell_types(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> int:
    """Tell what these types are now; returns of how many there was something to tell."""
    states = await catalogue_states.next_types(session, ids)
    for state in states:
        await outbox.add(session, events.request_type_told(state, now))
    return len(states)


async def tell_areas(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> int:
    """Tell what these areas are now; returns of how many."""
    states = await catalogue_states.next_areas(session, ids)
    for state in states:
        await outbox.add(session, events.area_told(state, now))
    return len(states)


async def tell_untold(session: AsyncSession, now: datetime) -> int:
    """Tell what has never been told: what was there before states were. Returns how much."""
    types = await tell_types(session, await catalogue_states.untold_types(session), now)
    return types + await tell_areas(session, await catalogue_states.untold_areas(session), now)


async def tell_again(session: AsyncSession, collectivity: str, now: datetime) -> int:
    """Tell all of a collectivity once more, to topics that have lost it; raises NotFoundError. Returns how much."""
    if not await catalogue.lock(session, collectivity):
        raise NotFoundError
    types = await tell_types(session, await catalogue_states.types_of(session, collectivity), now)
    return types + await tell_areas(session, await catalogue_states.areas_of(session, collectivity), now)
