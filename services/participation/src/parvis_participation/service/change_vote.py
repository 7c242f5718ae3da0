# SPDX-License-Identifier: EUPL-1.2
"""A vote by name lasts longer or is called off once two agents want the same; a consultation, once one does."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_participation import budget_events, events
from parvis_participation.db import budgets, consultations, processes
from parvis_participation.db.process_tables import ProcessNews
from parvis_participation.db.tables import Consultation
from parvis_participation.domain.poll_change import WISH_LASTS, ChangeKind
from parvis_participation.service.chain_acts import By, Chain

_EXTENDED = {"fr": "Le vote est prolongé", "en": "The vote lasts longer"}
_CALLED_OFF = {"fr": "Le vote est annulé", "en": "The vote is called off"}
_CONSULTATION = {"fr": "La consultation est prolongée", "en": "The consultation lasts longer"}


class GivenVotes(StrEnum):
    """What becomes of the votes of a vote that is called off."""

    KEPT = "kept"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class VoteChange:
    """What an agent wants of a vote by name; ``closes_at`` goes with an extension, ``votes`` with a calling off."""

    collectivity: str
    budget_id: UUID
    kind: ChangeKind
    closes_at: datetime | None
    votes: GivenVotes | None
    reason: dict[str, str]

    @property
    def wanted(self) -> dict[str, Any]:
        """What two agents must want alike: not the words, which are those of the second one."""
        closes_at = instant(self.closes_at) if self.closes_at else None
        return {"kind": self.kind.value, "closes_at": closes_at, "votes": self.votes.value if self.votes else None}


async def change_vote(session: AsyncSession, change: VoteChange, chain: Chain, by: By) -> bool:
    """Whether the change was made, in the caller's transaction: False while it waits for a second agent.

    Another wish takes the place of the one that waits, which does for seven days. Raises NotFoundError,
    SecretVoteError, ChangeRefusedError, EarlierCloseError or RealisationError.
    """
    row = await budgets.one(session, change.collectivity, change.budget_id, lock=True)
    budget = budgets.entity(row)
    if change.closes_at:
        budget.check_extension(change.closes_at, by.at)
        after = budget.extended(change.closes_at)
    else:
        after = budget.called_off(by.at)
    name, waits = chain.name(row.id, by.agent), row.wanted or {}
    lasts = waits.get("until", "") > instant(by.at)
    if not lasts or waits["change"] != change.wanted or waits["by"] == name:
        row.wanted = {"change": change.wanted, "by": name, "until": instant(by.at + WISH_LASTS)}
        await session.flush()
        return False
    row.wanted, row.change_reason = None, change.reason
    if change.closes_at:
        row.announced_result_at = row.announced_result_at or row.result_at
    elif change.votes is GivenVotes.DELETED:
        row.retention_days, row.tally = 0, None
    await session.flush()
    await budgets.save(session, after)
    tell = budget_events.vote_extended if change.closes_at else budget_events.vote_called_off
    await outbox.add(session, tell(after, by.at))
    await _tell_followers(session, row.id, _EXTENDED if change.closes_at else _CALLED_OFF, change.reason, by.at)
    return True


async def extend_consultation(
    session: AsyncSession,
    collectivity: str,
    consultation_id: UUID,
    closes_at: datetime,
    reason: dict[str, str],
    now: datetime,
) -> Consultation:
    """Let it last until then, in the caller's transaction: one agent does, as one closes it early.

    Raises NotFoundError, ChangeRefusedError or EarlierCloseError.
    """
    row = await consultations.one(session, collectivity, consultation_id, lock=True)
    after = consultations.entity(row).extended(closes_at, now)
    row.announced_close_at, row.change_reason = row.announced_close_at or row.closes_at, reason
    await session.flush()
    await consultations.save(session, after)
    await outbox.add(session, events.extended(after, now))
    await _tell_followers(session, row.id, _CONSULTATION, reason, now)
    await session.refresh(row)
    return row


async def _tell_followers(
    session: AsyncSession, part: UUID, title: dict[str, str], reason: dict[str, str], now: datetime
) -> None:
    """News of the process to which it belongs, if any is published: the worker tells its followers."""
    process = await processes.of_part(session, part)
    if process is None or process.published_at is None:
        return

    def said(text: dict[str, str]) -> dict[str, str]:
        return {language: text.get(language, text["fr"]) for language in process.languages}

    session.add(
        ProcessNews(
            id=uuid7(),
            collectivity=process.collectivity,
            process_id=process.id,
            title=said(title),
            words=said(reason),
            created_at=now,
        )
    )
    await session.flush()
