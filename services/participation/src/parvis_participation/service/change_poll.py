# SPDX-License-Identifier: EUPL-1.2
"""Two agents let a published poll last longer, or call it off: what one asks, another does by asking the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_participation import events
from parvis_participation.db import entitled, paper_batches, polls, urn
from parvis_participation.domain.poll_change import WISH_LASTS, ChangeKind
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.secret_vote import call_off_vote, check_extension, extend_vote


@dataclass(frozen=True, slots=True)
class Change:
    """What an agent wants of a published poll; ``closes_at`` goes with an extension alone."""

    collectivity: str
    poll_id: UUID
    kind: ChangeKind
    closes_at: datetime | None
    reason: dict[str, str]

    @property
    def wanted(self) -> dict[str, Any]:
        """What two agents must want alike: not the words, which the first one gives."""
        return {"kind": self.kind.value, "closes_at": instant(self.closes_at) if self.closes_at else None}


async def change_poll(session: AsyncSession, change: Change, chain: Chain, by: By) -> bool:
    """Whether the change was made, in the caller's transaction: False while it waits for a second agent.

    Another wish takes the place of the one that waits, which does for seven days.

    Raises NotFoundError, ChangeRefusedError, EarlierCloseError or RealisationError.
    """
    row = await polls.one(session, change.collectivity, change.poll_id, published=True, lock=True)
    poll = polls.entity(row)
    after = poll.extended(change.closes_at, by.at) if change.closes_at else poll.cancelled(by.at)
    if change.closes_at:
        await check_extension(session, row, change.closes_at)
    waits = _waiting(row.wanted, by.at)
    name = chain.name(poll.id, by.agent)
    if waits.get("change") != change.wanted or waits.get("by") == name:
        row.wanted = {"change": change.wanted, "by": name, "until": instant(by.at + WISH_LASTS)}
        await chain.add(session, poll.collectivity, poll.id, "change-wanted", by, **change.wanted, reason=change.reason)
        return False
    row.wanted = None
    cancelled = change.kind is ChangeKind.CANCEL
    if not cancelled:
        row.announced_close_at = row.announced_close_at or row.closes_at
    await session.flush()
    await polls.save(session, after)
    tell = events.poll_cancelled if cancelled else events.poll_extended
    await outbox.add(session, tell(after, by.at))
    if change.closes_at:
        await extend_vote(session, row, change.closes_at)
    else:
        await call_off_vote(session, row, by.at)
    if cancelled:
        # Nobody will open them, and nobody shall be able to.
        await urn.burn(session, poll.id)
        await paper_batches.forget(session, poll.id)
        await entitled.forget(session, poll.id)
    await chain.add(session, poll.collectivity, poll.id, "change-made", by, **change.wanted, wanted_by=waits["by"])
    return True


def _waiting(wanted: dict[str, Any] | None, now: datetime) -> dict[str, Any]:
    """The wish that waits; nothing once its time is over, or where it says none, as those of before."""
    return wanted if wanted and wanted.get("until", "") > instant(now) else {}
