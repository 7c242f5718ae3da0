# SPDX-License-Identifier: EUPL-1.2
"""Whoever has answered STOP to a text message takes that back in their account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import text_stops
from parvis_notifications.db.text_stop_tables import TextStop
from parvis_notifications.db.text_stops import THE_TOWN
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.text_stop import StopWay


async def own_stops(session: AsyncSession, reader: Reader) -> Sequence[TextStop]:
    """What the reader's number has stopped, and has not taken back; the town's first."""
    marks = await text_stops.numbers_of(session, reader.person, reader.collectivity)
    return await text_stops.of_numbers(session, reader.collectivity, marks)


async def withdraw_stop(session: AsyncSession, reader: Reader, stop: UUID, now: datetime) -> None:
    """Take one back, in the caller's transaction; raises NotFoundError."""
    for row in await own_stops(session, reader):
        if row.id == stop:
            await text_stops.lift(session, row.collectivity, row.application, [row.mark], way=StopWay.ACCOUNT, at=now)
            return
    raise NotFoundError


async def start_by_choice(session: AsyncSession, reader: Reader, now: datetime) -> None:
    """An account chooses text messages anew: what its number stopped of the town's is taken back."""
    marks = await text_stops.numbers_of(session, reader.person, reader.collectivity)
    await text_stops.lift(session, reader.collectivity, THE_TOWN, marks, way=StopWay.ACCOUNT, at=now)
