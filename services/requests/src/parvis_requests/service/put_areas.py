# SPDX-License-Identifier: EUPL-1.2
"""The one way by which an area comes, changes or goes: the files of a catalogue and its administrators use it alike.

Whoever has to know of each change of the territory is told here, in the transaction that makes the change.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import areas, catalogue
from parvis_requests.domain.area import DrawnArea
from parvis_requests.service.tell_catalogue import tell_areas


async def put_areas(session: AsyncSession, collectivity: str, drawn: Sequence[DrawnArea], now: datetime) -> None:
    """Add these areas, or change those of the same code that are drawn otherwise; one that was retired comes back.

    The caller holds the collectivity's catalogue, and has looked at the outlines. Requests keep the area that they were
    filed in, wherever it lies now.
    """
    await _told(session, collectivity, await areas.put(session, collectivity, drawn, now), now)


async def retire_areas(session: AsyncSession, collectivity: str, codes: Sequence[str], now: datetime) -> None:
    """Take areas out of the territory: nothing is filed there any more, and what was filed keeps their names."""
    await _told(session, collectivity, await areas.retire(session, collectivity, codes, now), now)


async def _told(session: AsyncSession, collectivity: str, changed: Sequence[UUID], now: datetime) -> None:
    if changed:
        await catalogue.touch(session, collectivity)
        await tell_areas(session, changed, now)
