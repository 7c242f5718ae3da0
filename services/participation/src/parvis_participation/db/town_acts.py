# SPDX-License-Identifier: EUPL-1.2
"""The chain of what is done in a town's name, and how many voters desks received until it says so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.act_tables import DeskReception, TownAct, TownChain

NOTHING: Final = bytes(32)
"""What the first act holds in place of the digest of one before."""
# Whole rows, chosen and gone in one statement: a bounded choice that is read twice would not be the same.
_TAKEN = text("""
WITH town AS MATERIALIZED (
    SELECT collectivity FROM desk_reception WHERE hour <= :until
    ORDER BY hour, poll_id, agent, channel LIMIT 1 FOR UPDATE SKIP LOCKED
), due AS MATERIALIZED (
    SELECT hour, poll_id, agent, channel FROM desk_reception
    WHERE hour <= :until AND collectivity = (SELECT collectivity FROM town)
    ORDER BY hour, poll_id, agent, channel LIMIT :most FOR UPDATE SKIP LOCKED
)
DELETE FROM desk_reception USING due
WHERE desk_reception.hour = due.hour AND desk_reception.poll_id = due.poll_id
    AND desk_reception.agent = due.agent AND desk_reception.channel = due.channel
RETURNING desk_reception.*
""")


async def head(session: AsyncSession, collectivity: str, *, lock: bool = False) -> tuple[int, bytes]:
    """Number and digest of the newest act; locked, no other comes before the caller's transaction ends."""
    if lock:
        made = insert(TownChain).values(collectivity=collectivity, number=0, digest=NOTHING).on_conflict_do_nothing()
        await session.execute(made)
    wanted = select(TownChain.number, TownChain.digest).where(TownChain.collectivity == collectivity)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).one_or_none()
    return (row.number, row.digest) if row else (0, NOTHING)


async def add(session: AsyncSession, collectivity: str, number: int, line: str, digest: bytes) -> None:
    """Write the next act; the caller holds the head."""
    session.add(TownAct(collectivity=collectivity, number=number, line=line, digest=digest))
    moved = update(TownChain).where(TownChain.collectivity == collectivity).values(number=number, digest=digest)
    await session.execute(moved)
    await session.flush()


async def lines(session: AsyncSession, collectivity: str, after: int, most: int) -> Sequence[str]:
    """The acts that follow that number, oldest first."""
    wanted = select(TownAct.line).where(TownAct.collectivity == collectivity, TownAct.number > after)
    return (await session.scalars(wanted.order_by(TownAct.number).limit(most))).all()


async def received(
    session: AsyncSession, collectivity: str, poll_id: UUID, agent: str, channel: str, hour: datetime
) -> None:
    """Count one more voter whom an agent received in that hour."""
    made = insert(DeskReception).values(
        hour=hour, poll_id=poll_id, agent=agent, channel=channel, collectivity=collectivity, voters=1
    )
    more = {"voters": DeskReception.voters + 1}
    await session.execute(made.on_conflict_do_update(constraint="pk_desk_reception", set_=more))


async def take_receptions(session: AsyncSession, until: datetime, most: int) -> Sequence[RowMapping]:
    """One town's, of hours that began by then, in an order that is not theirs; they are gone with the transaction."""
    found = (await session.execute(_TAKEN, {"until": until, "most": most})).mappings().all()
    return sorted(found, key=lambda row: (row["hour"], row["poll_id"], row["agent"], row["channel"]))
