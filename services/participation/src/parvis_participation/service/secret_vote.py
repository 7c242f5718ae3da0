# SPDX-License-Identifier: EUPL-1.2
"""The secret poll of a participatory budget: made with it, opened as its options are frozen, and followed by it.

It has the budget's id. Until the vote opens it is a draft without options, into which agents bring the list of those
who may vote; all acts on it stand in its own public chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import budgets, drafts, entitled, polls
from parvis_participation.db.tables import Budget, Poll
from parvis_participation.domain.eligibility import EmptyListError
from parvis_participation.domain.secret_vote import ConditionsError, RealisationError, SecretForGoodError
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.envelope import public_key
from parvis_participation.service.publish_poll import digest, freeze_poll


@dataclass(frozen=True, slots=True)
class Board:
    """Those who count a secret vote."""

    key: bytes
    members: int
    threshold: int


def secret_of(
    board: Board | None, eligibility: Mapping[str, Any] | None, *, live: bool, changeable: bool
) -> dict[str, Any] | None:
    """What a budget keeps of its secret vote; None without a board.

    Raises ConditionsError, SecretForGoodError or BoardKeyError.
    """
    if board is None:
        if eligibility is not None:
            raise ConditionsError
        return None
    if live or changeable:
        raise SecretForGoodError
    public_key(board.key)
    told = {"key": board.key.hex(), "members": board.members, "threshold": board.threshold}
    return {"board": told, "eligibility": dict(eligibility or {})}


async def prepare_vote(session: AsyncSession, budget: Budget, chain: Chain, by: By) -> None:
    """The draft of the poll, in the caller's transaction; nothing for a budget that is voted on by name.

    Raises BoardSizeError, LimitsError or MethodError.
    """
    if budget.secret is None:
        return
    row = Poll(id=budget.id, version=1, of_budget=True, options=[], budgets=[], created_at=by.at)
    _follow(row, budget, budget.secret)
    polls.entity(row)
    session.add(row)
    await session.flush()
    await chain.add(session, row.collectivity, row.id, "created", by)


async def redraft_vote(session: AsyncSession, budget: Budget, chain: Chain, by: By) -> bytes | None:
    """Let the draft of the poll follow that of its budget, in the caller's transaction; where that votes by name, go.

    Returns the digest of its last act where it went. Raises as :func:`prepare_vote`.
    """
    row = await polls.find_draft(session, budget.id)
    if budget.secret is None:
        return None if row is None else await discard_vote(session, row, chain, by)
    if row is None:
        await prepare_vote(session, budget, chain, by)
        return None
    _follow(row, budget, budget.secret)
    row.version += 1
    if not polls.entity(row).eligibility.listed:
        await entitled.forget(session, row.id)
    await session.flush()
    await chain.add(session, row.collectivity, row.id, "changed", by, digest=digest(row).hex())
    return None


async def discard_vote(session: AsyncSession, row: Poll, chain: Chain, by: By) -> bytes:
    """Delete the draft of a poll, with its list, in the caller's transaction; its acts stay.

    Returns the digest of the last one.
    """
    last = await chain.add(session, row.collectivity, row.id, "deleted", by)
    await drafts.discard_poll(session, row)
    return last


def _follow(row: Poll, budget: Budget, secret: Mapping[str, Any]) -> None:
    board = secret["board"]
    values = {
        "collectivity": budget.collectivity,
        "title": budget.title,
        "description": budget.description,
        "rules": budget.rules,
        "method": budget.method,
        "board_key": bytes.fromhex(board["key"]),
        "board_members": board["members"],
        "board_threshold": board["threshold"],
        "eligibility": secret["eligibility"] or None,
        "opens_at": budget.vote_at,
        "closes_at": budget.result_at,
        "retention_days": budget.retention_days,
    }
    for name, value in values.items():
        setattr(row, name, value)


async def check_ready(session: AsyncSession, budget: Budget) -> None:
    """Raise EmptyListError where the vote is for the people of a list, and nobody is on it yet."""
    listed = budget.secret is not None and budget.secret["eligibility"].get("listed", False)
    if listed and not await entitled.count(session, budget.id):
        raise EmptyListError


async def open_vote(session: AsyncSession, budget: Budget, chain: Chain, now: datetime) -> bytes:
    """Publish the poll with the budget's frozen options, in the transaction that freezes them; returns its digest.

    Only money for which there is a project can be voted on.
    """
    row = await polls.one(session, budget.collectivity, budget.id, lock=True)
    row.options = budget.options
    areas = {option["area"] for option in budget.options}
    row.budgets = [money for money in budget.budgets if money["area"] in areas]
    await session.flush()
    await freeze_poll(session, row, polls.entity(row).opened(now), chain, By(None, now))
    return row.digest or b""


async def check_extension(session: AsyncSession, poll: Poll, closes_at: datetime) -> None:
    """Raise RealisationError where a vote of a budget would reach into its realisation."""
    if poll.of_budget:
        row = await budgets.one(session, poll.collectivity, poll.id, lock=True)
        if closes_at >= row.realisation_at:
            raise RealisationError


async def extend_vote(session: AsyncSession, poll: Poll, closes_at: datetime) -> None:
    """Let the budget's result wait for its poll, in the caller's transaction, which has checked that it can."""
    if poll.of_budget:
        row = await budgets.one(session, poll.collectivity, poll.id, lock=True)
        await budgets.save(session, budgets.entity(row).extended(closes_at))


async def call_off_vote(session: AsyncSession, poll: Poll, now: datetime) -> None:
    """Note that the budget's vote is called off, in the caller's transaction: it has no result."""
    if poll.of_budget:
        row = await budgets.one(session, poll.collectivity, poll.id, lock=True)
        row.called_off_at = now
        await session.flush()
