# SPDX-License-Identifier: EUPL-1.2
"""An appeal comes to its end: an agent decides it, silence rejects it, or whoever brought it withdraws it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging import outbox
from parvis_requests import appeal_events
from parvis_requests.db import appeals, requests, retention, timers
from parvis_requests.db.tables import Appeal, Request
from parvis_requests.db.timers import APPEAL_ALERT, APPEAL_SILENCE
from parvis_requests.domain.appeal import AppealKind, AppealState
from parvis_requests.domain.appeal_errors import SameAgentError
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.errors import NotAllowedError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.retention import due_at
from parvis_requests.domain.team import Alert
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.afterwards import open_again
from parvis_requests.service.appeal_alerts import alert_of_appeal
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.form import Form
from parvis_requests.service.part_request import hold_parent

REASONS: Final = "appeal.reasons"
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Ending:
    """How an agent ends the appeal that they saw, and why: its author is told it."""

    request_id: UUID
    appeal_id: UUID
    version: int
    outcome: AppealState
    reasons: str


async def decide_appeal(
    session: AsyncSession,
    actor: Actor,
    ending: Ending,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Appeal:
    """End it in the caller's transaction; one that is upheld opens its request again, and its legal period anew.

    Where silence has rejected it and nobody recorded that yet, that is recorded first. Raises NotAllowedError,
    NotFoundError, StaleVersionError, AppealClosedError, OutcomeError, SameAgentError, or KeyDestroyedError.
    """
    await hold_parent(session, for_agents(actor).collectivity, ending.request_id)
    row = await requests.one(session, actor, ending.request_id, lock=True)
    appeal = await _seen(session, row, ending.appeal_id, ending.version)
    form = await form_of(session, row, catalogues)
    if appeal.kind in {AppealKind.HIERARCHICAL, AppealKind.MEDIATION} and appeal.decider == actor.person:
        raise SameAgentError
    await deem_rejected(session, row, appeal, form, now)
    appeals.entity(appeal).may_end(ending.outcome)
    appeal.reasons = (await persons.of(row.author)).seal(REASONS, ending.reasons)
    await _end(session, row, appeal, form, actor, ending.outcome, now)
    if ending.outcome is AppealState.UPHELD and form.refusal(row.status):
        holidays = (await catalogues.of(row.collectivity)).holidays
        await open_again(session, row, form, actor, None, holidays=holidays, persons=persons, now=now)
    return appeal


async def withdraw_appeal(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    appeal_id: UUID,
    version: int,
    *,
    catalogues: Catalogues,
    now: datetime,
) -> Appeal:
    """Take it back, for whoever brought it; an agent takes back what an agent took down.

    Raises NotFoundError, NotAllowedError, StaleVersionError, or AppealClosedError.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    appeal = await _seen(session, row, appeal_id, version)
    form = await form_of(session, row, catalogues)
    if actor.is_agent and not appeal.by_agent:
        raise NotAllowedError
    await deem_rejected(session, row, appeal, form, now)
    appeals.entity(appeal).may_end(AppealState.WITHDRAWN)
    await _end(session, row, appeal, form, actor, AppealState.WITHDRAWN, now)
    return appeal


async def deem_rejected(session: AsyncSession, row: Request, appeal: Appeal, form: Form, now: datetime) -> bool:
    """Record that silence rejected it, from the instant on at which it did; False where it has not, or others did.

    The caller holds the request locked.
    """
    at = appeal.answer_due_at
    if appeal.state != AppealState.OPEN or at is None or at > now:
        return False
    service = Actor.service(row.collectivity)
    await _end(session, row, appeal, form, service, AppealState.DEEMED_REJECTED, now, effective_at=at)
    return True


async def ring_for_appeal(
    session: AsyncSession, row: Request, appeal_id: UUID, form: Form, now: datetime, *, silence: bool
) -> None:
    """Have silence reject it, or alert those who look at it that it will soon; the caller holds the request locked."""
    appeal = await appeals.one(session, row.id, appeal_id)
    if silence:
        await deem_rejected(session, row, appeal, form, now)
    elif appeal.state == AppealState.OPEN:
        await alert_of_appeal(session, requests.entity(row), appeal, Alert.APPEAL_DUE_SOON, now)


async def _seen(session: AsyncSession, row: Request, appeal_id: UUID, version: int) -> Appeal:
    appeal = await appeals.one(session, row.id, appeal_id)
    if appeal.version != version:
        raise StaleVersionError
    return appeal


async def _end(
    session: AsyncSession,
    row: Request,
    appeal: Appeal,
    form: Form,
    actor: Actor,
    outcome: AppealState,
    now: datetime,
    *,
    effective_at: datetime | None = None,
) -> None:
    request, at = requests.entity(row).after_word(), effective_at or now
    appeal.state, appeal.told, appeal.version, appeal.updated_at = outcome, request.version, appeal.version + 1, now
    if outcome is AppealState.DEEMED_REJECTED:
        appeal.deemed_on = day_of(at - _INSTANT)  # with the last day of the period
    else:
        appeal.closed_on = day_of(at)
    await timers.stop_one(session, row.id, str(appeal.id), APPEAL_ALERT, APPEAL_SILENCE)
    await requests.save(session, request, now)
    requests.record(session, request, actor, f"appeal-{outcome}", at)
    await outbox.add(session, appeal_events.ended(request, appeal.id, appeals.entity(appeal), at, now))
    await alert_of_appeal(session, request, appeal, Alert.APPEAL_DECIDED, now, by=actor.person)
    state, months = form.workflow.state(row.status), form.definition.retention_months
    if state and state.final and months:
        # Whoever goes to the court now needs the file for as long as after the end.
        await retention.keep_until(session, row.id, row.collectivity, at, due_at(at, months))
    await session.flush()
    await session.refresh(row)
