# SPDX-License-Identifier: EUPL-1.2
"""Where requests lie."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.position import Position


async def lie(
    session: AsyncSession, row: Row, position: Position | None, address: str | None, area: str | None
) -> None:
    """Say where one is, in the transaction that holds it."""
    longitude, latitude = (position.longitude, position.latitude) if position else (None, None)
    values = {"longitude": longitude, "latitude": latitude, "address": address, "area": area}
    changed = update(Row).where(Row.id == row.id).values(**values)
    await session.execute(changed.execution_options(synchronize_session=False))
