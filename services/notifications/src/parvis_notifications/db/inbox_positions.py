# SPDX-License-Identifier: EUPL-1.2
"""How far each inbox has come: its messages are numbered in the order in which they became readable.

Whoever writes a message holds its inbox's row until the commit, so a reader who saw a position has missed none before
it: neither ids nor times have that order (docs/decisions/0009-inbox-positions.md).
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.tables import Mailbox

Owner = tuple[str, UUID]
_POSITIONS: Final = """
SELECT i.collectivity, i.person, i.last_position
FROM unnest($1::text[], $2::uuid[]) AS wanted (collectivity, person) JOIN mailbox i USING (collectivity, person)
"""


async def advance(session: AsyncSession, collectivity: str, person: UUID) -> int:
    """The position of the next message, taken in the transaction that writes it."""
    first = insert(Mailbox).values(collectivity=collectivity, person=person, last_position=1)
    taken = first.on_conflict_do_update(
        index_elements=[Mailbox.collectivity, Mailbox.person], set_={"last_position": Mailbox.last_position + 1}
    ).returning(Mailbox.last_position)
    return (await session.execute(taken)).scalar_one()


async def last(session: AsyncSession, collectivity: str, person: UUID) -> int:
    """The position of the newest message, 0 in an empty inbox."""
    wanted = select(Mailbox.last_position).where(Mailbox.collectivity == collectivity, Mailbox.person == person)
    return (await session.execute(wanted)).scalar_one_or_none() or 0


async def last_of_many(pool: "asyncpg.Pool[Any]", owners: Collection[Owner]) -> dict[Owner, int]:
    """The position of the newest message of each of these inboxes that has one."""
    keys = list(owners)
    rows = await pool.fetch(_POSITIONS, [key[0] for key in keys], [key[1] for key in keys])
    return {(row["collectivity"], row["person"]): row["last_position"] for row in rows}
