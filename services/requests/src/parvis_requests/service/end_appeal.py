# SPDX-License-Identifier: EUPL-1.2
"""What the end of an appeal changes, whoever brings it about: silence does, and so does the end of the refusal."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import appeal_events
from parvis_requests.db import appeals, requests, retention, timers
from parvis_requests.db.tables import Appeal, Request
from parvis_requests.db.timers import APPEAL_ALERT, APPEAL_SILENCE
from parvis_requests.domain.appeal import AppealKind, AppealState
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.request import Actor
from parvis_requests.domain.retention import due_at
from parvis_requests.domain.team import Alert
from parvis_requests.service.appeal_alerts import alert_of_appeal
from parvis_requests.service.form import Form

_INSTANT: Final = timedelta(microseconds=1)


async def deem_rejected(session: AsyncSession, row: Request, appeal: Appeal, form: Form, now: datetime) -> bool:
    """Record that silence rejected it, from the instant on at which it did; False where it has not, or others did.

    The caller holds the request locked.
    """
    at = appeal.answer_due_at
    if appeal.state != AppealState.OPEN or at is None or at > now:
        return False
    service = Actor.service(row.collectivity)
    await end_appeal(session, row, appeal, form, service, AppealState.DEEMED_REJECTED, now, effective_at=at)
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


async def end_with_refusal(
    session: AsyncSession, row: Request, contested: int, form: Form, actor: Actor, now: datetime
) -> None:
    """End what is still open against a refusal that is no more: silence must not reject what has lost its object.

    What is before the CADA, the court or the Defender is theirs to end. The caller holds the request locked.
    """
    for appeal in await appeals.against(session, row.id, contested):
        if appeal.state != AppealState.OPEN or AppealKind(appeal.kind).outside:
            continue
        if not await deem_rejected(session, row, appeal, form, now):
            await end_appeal(session, row, appeal, form, actor, AppealState.ENDED, now)


async def end_appeal(
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
    """Record it in the caller's transaction, and tell it; the caller holds the request locked."""
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
