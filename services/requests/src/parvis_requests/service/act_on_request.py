# SPDX-License-Identifier: EUPL-1.2
"""Somebody leads a request to another state, as the workflow of its type lets them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import merges, requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import MergedError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.move_request import Move, move_request


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to the version of a request that they saw, and why."""

    request_id: UUID
    action: str
    version: int
    reason: str | None = None


async def act_on_request(
    session: AsyncSession,
    actor: Actor,
    act: Act,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    holidays: Holidays,
    now: datetime,
) -> Row:
    """Do it, in the caller's transaction.

    Raises NotFoundError, NotAllowedError, TransitionError, ConditionError, PeriodEndedError where silence has decided,
    MergedError for an agent where the request goes along with another one, or StaleVersionError when somebody acted
    meanwhile.
    """
    row = await requests.one(session, actor, act.request_id, lock=True)
    if row.version != act.version:
        raise StaleVersionError
    key = requests.form_key(row)
    form = (await catalogues.forms_of(session, [key]))[key]
    request = requests.entity(row)
    if actor.is_agent and await merges.of(session, row.id):
        raise MergedError
    transition = request.allowed(form.workflow, act.action, actor)
    request.still_open(form.workflow, now)
    await move_request(session, row, Move(form, transition, actor, act.reason, holidays, now), persons=persons)
    await session.flush()
    await session.refresh(row)
    return row
