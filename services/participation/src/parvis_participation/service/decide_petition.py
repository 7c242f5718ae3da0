# SPDX-License-Identifier: EUPL-1.2
"""The town decides whether a petition is admitted, keeps what it promised at each threshold, and answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import petition_events
from parvis_participation.db import petitions
from parvis_participation.db.petition_tables import Petition as Row
from parvis_participation.domain.errors import PetitionStateError, StaleVersionError
from parvis_participation.domain.petition import (
    Admission,
    PetitionState,
    check_admission,
    check_state,
    newly_reached,
)
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.town_acts import TownAct, add_act

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class PetitionDecision:
    """What is decided, and why; texts by language. ``verified`` is whether signers are verified people."""

    outcome: Admission
    reasons: dict[str, str] | None
    thresholds: Sequence[dict[str, Any]]
    verified: bool
    closes_at: datetime | None


async def decide_petition(
    session: AsyncSession, agent: Author, petition_id: UUID, decision: PetitionDecision, *, version: int, now: datetime
) -> Row:
    """Admit it or refuse it, once, in the caller's transaction.

    Raises NotFoundError, StaleVersionError, PetitionStateError, ReasonsError, ThresholdsError or BadPeriodError.
    """
    row = await _seen(session, agent.collectivity, petition_id, version)
    check_state(row.state, PetitionState.SUBMITTED)
    check_admission(decision.outcome, decision.reasons, decision.thresholds, decision.closes_at, now)
    admitted = decision.outcome is Admission.ADMITTED
    row.state = PetitionState.OPEN if admitted else PetitionState.REFUSED
    row.reasons, row.verified, row.closes_at = decision.reasons, decision.verified, decision.closes_at
    row.thresholds = list(decision.thresholds)
    row.decided_by, row.decided_at, row.version = agent.person, now, row.version + 1
    await session.flush()
    await outbox.add(session, petition_events.petition_decided(row, now))
    return row


async def answer_petition(
    session: AsyncSession, agent: Author, petition_id: UUID, text: dict[str, str], *, version: int, now: datetime
) -> Row:
    """Publish what the town answers, once; raises NotFoundError, StaleVersionError or PetitionStateError."""
    row = await _seen(session, agent.collectivity, petition_id, version)
    check_state(row.state, PetitionState.OPEN, PetitionState.CLOSED)
    if row.answer is not None:
        raise PetitionStateError
    row.answer, row.answered_at, row.version = text, now, row.version + 1
    await session.flush()
    await outbox.add(session, petition_events.petition_answered(row, now))
    return row


async def keep_petitions(database: Database, now: datetime) -> None:
    """Take note of the thresholds that are reached, close what is over, and tell the signers of answers."""
    async with database.reading() as session:
        found = await petitions.open_ones(session)
    for petition_id in found:
        await _look(database, petition_id, now)
    while await _close_one(database, now):
        pass
    while await _tell_some(database, now):
        pass


async def _look(database: Database, petition_id: UUID, now: datetime) -> None:
    """One petition in a transaction of its own; each threshold is told by an event of its own."""
    async with database.unit_of_work() as uow:
        row = await petitions.any_one(uow.session, petition_id)
        if row is None or row.state != PetitionState.OPEN:
            return
        await _reach(uow.session, row, now)
        await uow.commit()


async def _reach(session: AsyncSession, row: Row, now: datetime) -> None:
    signatures = await petitions.number(session, row.id)
    for each in newly_reached(row.thresholds, row.reached, signatures):
        if each["answer_days"] is not None and row.answer_due_on is None:
            # The days are counted from the signature, whenever the worker comes to look.
            reached_at = await petitions.signed_at(session, row.id, each["signatures"]) or now
            row.answer_due_on = day_of(reached_at, clock_of(row.collectivity)) + timedelta(days=each["answer_days"])
        row.reached, row.version = row.reached + 1, row.version + 1
        await session.flush()
        await outbox.add(session, petition_events.threshold_reached(row, each["signatures"], now))
        told = {"signatures": each["signatures"]}
        reached = TownAct("petition-threshold-reached", {"petition_id": str(row.id)}, now, details=told)
        await add_act(session, row.collectivity, reached)


async def _close_one(database: Database, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        row = await petitions.close_due(uow.session, now)
        if row is None:
            return False
        # What was signed since the last look counts.
        await _reach(uow.session, row, now)
        row.state, row.version = PetitionState.CLOSED, row.version + 1
        await uow.session.flush()
        await outbox.add(uow.session, petition_events.petition_closed(row, now))
        told = {"signatures": await petitions.number(uow.session, row.id)}
        closed = TownAct("petition-closed", {"petition_id": str(row.id)}, now, details=told)
        await add_act(uow.session, row.collectivity, closed)
        await uow.commit()
    return True


async def _tell_some(database: Database, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        found = await petitions.untold(uow.session, _BATCH)
        for signature, _ in found:
            signature.told_at = now
            await outbox.add(uow.session, petition_events.answer_told(signature, now))
        await uow.commit()
    return len(found) == _BATCH


async def _seen(session: AsyncSession, collectivity: str, petition_id: UUID, version: int) -> Row:
    row = await petitions.one(session, collectivity, petition_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
