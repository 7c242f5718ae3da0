# SPDX-License-Identifier: EUPL-1.2
"""After a request has ended: its author says how they were served, or that it is not over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import appeals, conversation, requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import Holidays, day_of
from parvis_requests.domain.errors import (
    AlreadyRatedError,
    NotFoundError,
    RatingClosedError,
    ReopeningError,
    StaleVersionError,
)
from parvis_requests.domain.request import Actor
from parvis_requests.domain.survey import closes_at
from parvis_requests.domain.workflow import AGENT, AUTHOR, Transition
from parvis_requests.service.assign_request import pass_on
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.end_appeal import end_with_refusal
from parvis_requests.service.form import Form
from parvis_requests.service.move_request import Move, move_request
from parvis_requests.service.part_request import hold_parent, part_request

COMMENT: Final = "satisfaction.comment"


@dataclass(frozen=True, slots=True)
class Rating:
    """From 1 (not at all) to 5 (entirely), and why."""

    score: int
    comment: str | None
    created_at: datetime


async def rate_request(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    score: int,
    comment: str | None,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Rating:
    """Keep it, once, within thirty days of the end.

    Raises NotFoundError, NotAllowedError, TransitionError before the end, AlreadyRatedError, or RatingClosedError.
    """
    row = await requests.one(session, actor, request_id)
    requests.entity(row).ended_for(actor, (await form_of(session, row, catalogues)).workflow)
    ended_at = await conversation.in_state_since(session, row)
    if ended_at is not None and closes_at(ended_at) <= now:
        raise RatingClosedError
    sealed = (await persons.of(row.author)).seal(COMMENT, comment) if comment else None
    if not await conversation.rate(session, row, score, sealed, now):
        raise AlreadyRatedError
    return Rating(score, comment, now)


async def read_rating(session: AsyncSession, actor: Actor, request_id: UUID, *, persons: PersonKeys) -> Rating:
    """What the author said; raises NotFoundError, or KeyDestroyedError once they were erased."""
    row = await requests.one(session, actor, request_id)
    found = await conversation.satisfaction(session, row.id)
    if found is None:
        raise NotFoundError
    comment = (await persons.of(row.author)).open(COMMENT, found.comment) if found.comment else None
    return Rating(found.score, comment, found.created_at)


async def reopen_request(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    version: int,
    reason: str,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    holidays: Holidays,
    now: datetime,
) -> Row:
    """Open it again, as its type allows and as long as it allows; everybody is told why.

    Where it went along with another request, it goes its own way from now on: that one may have ended for good. What
    contests its refusal is over.

    Raises NotFoundError, StaleVersionError, TransitionError before the end, or ReopeningError.
    """
    await hold_parent(session, actor.collectivity, request_id)
    row = await requests.one(session, actor, request_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    form = await form_of(session, row, catalogues)
    requests.entity(row).ended(form.workflow)
    allowed, since = form.definition.reopening, await conversation.in_state_since(session, row)
    if allowed is None or since is None or now > since + timedelta(days=allowed.days):
        raise ReopeningError
    refused = await appeals.decision_of(session, row)
    if refused is not None:
        await end_with_refusal(session, row, refused.sequence, form, actor, now)
    await open_again(session, row, form, actor, reason, holidays=holidays, persons=persons, now=now)
    return row


async def open_again(
    session: AsyncSession,
    row: Row,
    form: Form,
    actor: Actor,
    reason: str | None,
    *,
    holidays: Holidays,
    persons: PersonKeys,
    now: datetime,
) -> None:
    """Lead an ended request to where its type reopens it, or else to its beginning; its legal period starts anew.

    The caller holds the parent of the request locked, then the request. Without a reason its author is not written to:
    what opens it again tells them.
    """
    await part_request(session, row, actor, form, holidays=holidays, persons=persons, now=now)
    if row.clock_started_on:
        # The town has to decide once more: what was left of the former period decides nothing now.
        row.clock_started_on, row.clock_paused_on = day_of(now), None
        row.clock_extra_days = row.clock_extended_months = 0
        await session.flush()
    to = form.definition.reopening.to if form.definition.reopening else form.workflow.initial
    name = {"fr": "Réouverture", "en": "Re-opening"}
    transition = Transition("reopen", name, (row.status,), to, frozenset({AUTHOR, AGENT}), quiet=reason is None)
    after = await move_request(session, row, Move(form, transition, actor, reason, holidays, now), persons=persons)
    await pass_on(session, after, now)
    await session.flush()
    await session.refresh(row)
