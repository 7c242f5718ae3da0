# SPDX-License-Identifier: EUPL-1.2
"""Letters as they are looked for: by collectivity, by state, by consumer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_letters.errors import NoLetterError
from parvis_letters.letter import Letter, LetterState
from parvis_letters.tables import LETTERS

_EMPTY: Final[dict[str, Any]] = {
    "value": literal(b"", LargeBinary).label("value"),
    "headers": literal(b"[]", LargeBinary).label("headers"),
    "mended": null().label("mended"),
}


async def page(
    session: AsyncSession,
    collectivity: str | None,
    states: Sequence[LetterState],
    consumers: Sequence[str],
    position: keyset.Position | None,
    limit: int,
    *,
    newest_first: bool = True,
) -> keyset.Slice[Letter]:
    """One page of a collectivity's letters, without what is in them; of everybody's, and of nobody's, where it is None.

    A letter may hold a megabyte, and a page a hundred letters.
    """
    columns = LETTERS.c
    wanted = select(*(_EMPTY.get(column.name, column) for column in columns))
    if collectivity is not None:
        wanted = wanted.where(columns.collectivity == collectivity)
    if states:
        wanted = wanted.where(columns.state.in_(states))
    if consumers:
        wanted = wanted.where(columns.consumer.in_(consumers))
    wanted = keyset.at(wanted, columns.buried_at, columns.id, position, limit, newest_first=newest_first)
    letters = [Letter.of(row) for row in await session.execute(wanted)]
    return keyset.cut(letters, position, limit, key="buried_at")


async def newest(session: AsyncSession) -> tuple[datetime, UUID] | None:
    """The place of the last letter in the order of the list, None where there is none."""
    columns = LETTERS.c
    wanted = select(columns.buried_at, columns.id).order_by(columns.buried_at.desc(), columns.id.desc()).limit(1)
    found = (await session.execute(wanted)).one_or_none()
    return (found.buried_at, found.id) if found else None


async def one(session: AsyncSession, collectivity: str | None, letter_id: UUID, *, lock: bool = False) -> Letter:
    """A letter of that collectivity, or of any where it is None; raises NoLetterError."""
    wanted = select(LETTERS).where(LETTERS.c.id == letter_id)
    if collectivity is not None:
        wanted = wanted.where(LETTERS.c.collectivity == collectivity)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    if row is None:
        raise NoLetterError
    return Letter.of(row)
