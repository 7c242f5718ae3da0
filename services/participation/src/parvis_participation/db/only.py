# SPDX-License-Identifier: EUPL-1.2
"""What was asked for by its id, or that it is not there."""

from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.domain.errors import NotFoundError

R = TypeVar("R")


async def only(session: AsyncSession, wanted: "Select[tuple[R]]") -> R:
    """The one row that a statement finds; raises NotFoundError where it finds none."""
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row
