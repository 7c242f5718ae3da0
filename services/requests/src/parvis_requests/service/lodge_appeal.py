# SPDX-License-Identifier: EUPL-1.2
"""Somebody contests what their request was refused, or an agent takes down that they do."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_requests import appeal_events
from parvis_requests.db import appeals, requests, timers
from parvis_requests.db.tables import Appeal as Row
from parvis_requests.db.timers import APPEAL_ALERT, APPEAL_SILENCE, NewTimer
from parvis_requests.domain.appeal import MAX_APPEALS, Appeal, AppealKind, AppealState, Contested, Lodging, lodge
from parvis_requests.domain.appeal_errors import AppealDatesError, AppealOpenError, TooManyAppealsError
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.errors import NotAllowedError
from parvis_requests.domain.request import Actor, Request
from parvis_requests.domain.team import Alert
from parvis_requests.service.appeal_alerts import alert_of_appeal
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.contested_decision import contested_decision

GROUNDS: Final = "appeal.grounds"
# What the history calls it.
LODGE: Final = "appeal"


@dataclass(frozen=True, slots=True)
class LodgeAppeal:
    """What somebody brings; an agent says when a letter was received, and when it was sent."""

    request_id: UUID
    kind: AppealKind
    grounds: str
    received_on: date | None = None
    sent_on: date | None = None


async def lodge_appeal(
    session: AsyncSession,
    actor: Actor,
    new: LodgeAppeal,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> Row:
    """Take it in, late or not, in the caller's transaction: told to its author, whoever looks at it and who decided.

    Raises NotFoundError, NotAllowedError for the public where it is about another body or names days,
    NothingToContestError, AppealOpenError, TooManyAppealsError, AppealDatesError, or KeyDestroyedError once the author
    was erased.
    """
    row = await requests.one(session, actor, new.request_id, lock=True)
    if not actor.is_agent and (new.kind.outside or new.received_on or new.sent_on):
        raise NotAllowedError
    form, catalogue = await form_of(session, row, catalogues), await catalogues.of(row.collectivity)
    contested = await contested_decision(session, row, form)
    before = [appeals.entity(each) for each in await appeals.against(session, row.id, contested.sequence)]
    _check_number(new.kind, before)
    received_on = new.received_on or day_of(now)
    brought_on = new.sent_on or received_on
    if not contested.on <= brought_on <= received_on <= day_of(now):
        raise AppealDatesError
    lodging = lodge(new.kind, brought_on, contested, before, catalogue.holidays)
    request = requests.entity(row).after_word()
    appeal = Appeal(new.kind, AppealState.OPEN, brought_on, received_on, interrupts=lodging.interrupts)
    stored = _stored(request, actor, appeal, contested, lodging, now)
    stored.grounds = (await persons.of(row.author)).seal(GROUNDS, new.grounds)
    session.add(stored)
    timers.start(session, request, _timers(stored, appeal, now))
    await requests.save(session, request, now)
    requests.record(session, request, actor, LODGE, now)
    await outbox.add(session, appeal_events.lodged(request, stored.id, appeal, now, late=lodging.late))
    await alert_of_appeal(session, request, stored, Alert.APPEALED, now, by=actor.person)
    await session.flush()
    return stored


def _check_number(kind: AppealKind, before: list[Appeal]) -> None:
    if any(each.kind is kind and each.state is AppealState.OPEN for each in before):
        raise AppealOpenError
    if len(before) >= MAX_APPEALS:
        raise TooManyAppealsError


def _timers(stored: Row, appeal: Appeal, now: datetime) -> list[NewTimer]:
    code, due, alert = str(stored.id), appeal.answer_due_at, appeal.alert_at(now)
    silence = [NewTimer(APPEAL_SILENCE, code, due)] if due else []
    return [*silence, NewTimer(APPEAL_ALERT, code, alert)] if alert else silence


def _stored(
    request: Request, actor: Actor, appeal: Appeal, contested: Contested, lodging: Lodging, now: datetime
) -> Row:
    return Row(
        id=uuid7(),
        request_id=request.id,
        collectivity=request.collectivity,
        kind=appeal.kind,
        state=appeal.state,
        contested=contested.sequence,
        refusal=contested.refusal,
        refused_on=contested.on,
        refusal_told=contested.told,
        decider=contested.decided_by,
        brought_on=appeal.brought_on,
        received_on=appeal.received_on,
        due_on=lodging.last_day,
        late=lodging.late,
        interrupts=appeal.interrupts,
        by_agent=actor.is_agent,
        team=request.team,
        # Where another person than the decider must look at it, nobody has it yet.
        assignee=None if appeal.kind.by_another else request.assignee,
        lodged=request.version,
        answer_due_at=appeal.answer_due_at,
        version=1,
        created_at=now,
        updated_at=now,
    )
