# SPDX-License-Identifier: EUPL-1.2
"""Do what the timers of the requests are set for, once their time has come."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_requests.db import forwardings, merges, requests, timers
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.tables import RequestTimer
from parvis_requests.domain.request import Actor
from parvis_requests.service.await_documents import ring_for_documents
from parvis_requests.service.catalogue import Catalogue, Catalogues
from parvis_requests.service.end_appeal import ring_for_appeal
from parvis_requests.service.escalate_request import escalate
from parvis_requests.service.form import Form
from parvis_requests.service.move_request import Move, move_request
from parvis_requests.service.warn_of_silence import warn

_BATCH: Final = 100
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(hours=1)
_log = logger(__name__)


async def ring_timers(database: Database, catalogues: Catalogues, persons: PersonKeys, now: datetime) -> int:
    """Ring every timer that is due, each in a transaction of its own; returns how many rang.

    One that fails is put off, longer each time, and holds up no other. A kill at any point leaves it due.
    """
    rung = 0
    while True:
        async with database.reading() as session:
            waiting = await timers.due(session, now, _BATCH)
        for timer in waiting:
            try:
                rung += await _ring(database, catalogues, persons, timer, now)
            except Exception as error:  # noqa: BLE001 - tried again later, whatever it was
                _log.warning("timer_failed", timer=str(timer.id), kind=timer.kind, error=type(error).__name__)
                await _postpone(database, timer.id, now + min(_FIRST_WAIT * 2 ** min(timer.tries, 12), _LONGEST_WAIT))
        if len(waiting) < _BATCH:
            return rung


async def _ring(
    database: Database, catalogues: Catalogues, persons: PersonKeys, timer: RequestTimer, now: datetime
) -> bool:
    catalogue = await catalogues.of(timer.collectivity)
    service = Actor.service(timer.collectivity)
    async with database.unit_of_work() as uow:
        # The request is locked before its timer, as whoever acts on it does.
        row = await requests.one(uow.session, service, timer.request_id, lock=True)
        key = requests.form_key(row)
        form = (await catalogues.forms_of(uow.session, [key]))[key]
        # Where silence has decided, that comes first, whichever timer rings: it leaves nothing for most of the others.
        decided = await _decide(uow.session, row, form, catalogue, persons, now)
        if not await timers.consume(uow.session, timer.id):
            await uow.commit()
            return decided
        match timer.kind:
            case timers.ALERT if row.legal_end_at and form.regime:
                await warn(uow.session, row, form.regime, now)
            case timers.APPEAL_ALERT | timers.APPEAL_SILENCE | timers.DOCUMENTS_REMINDER | timers.DOCUMENTS_MISSED:
                await _ring_for_one(uow.session, row, form, timer, persons, now)
            case timers.FORWARD if await _is_to_leave(uow.session, row, form):
                await forwardings.begin(uow.session, row, now)
            case timers.ESCALATION if not await merges.of(uow.session, row.id):
                await escalate(uow.session, row, form, timer.code, now)
            # One that goes along with another request does nothing by itself, whenever its timer was started.
            case timers.WORKFLOW if not await merges.of(uow.session, row.id):
                for rule in form.workflow.timers_of(row.status):
                    if rule.code == timer.code:
                        await _move(uow.session, row, form, rule.action, catalogue, persons, now, None)
        await uow.commit()
    return True


async def _decide(
    session: AsyncSession, row: Row, form: Form, catalogue: Catalogue, persons: PersonKeys, now: datetime
) -> bool:
    """Record that silence has decided, at the instant of the law, where it has and nobody did; returns whether."""
    end = row.legal_end_at
    if end is None or end > now:
        return False
    action = await timers.consume_kind(session, row.id, timers.SILENCE, end)
    if action is None:
        return False
    await _move(session, row, form, action, catalogue, persons, now, end)
    await session.flush()
    await session.refresh(row)
    return True


async def _ring_for_one(
    session: AsyncSession, row: Row, form: Form, timer: RequestTimer, persons: PersonKeys, now: datetime
) -> None:
    """Ring for one thing of a request, which the timer's code names."""
    named = UUID(timer.code)
    if timer.kind in {timers.DOCUMENTS_REMINDER, timers.DOCUMENTS_MISSED}:
        missed = timer.kind == timers.DOCUMENTS_MISSED
        await ring_for_documents(session, row, form, named, missed=missed, persons=persons, now=now)
    else:
        await ring_for_appeal(session, row, named, form, now, silence=timer.kind == timers.APPEAL_SILENCE)


async def _move(
    session: AsyncSession,
    row: Row,
    form: Form,
    action: str,
    catalogue: Catalogue,
    persons: PersonKeys,
    now: datetime,
    effective_at: datetime | None,
) -> None:
    service = Actor.service(row.collectivity)
    transition = requests.entity(row).allowed(form.workflow, action, service)
    move = Move(form, transition, service, None, catalogue.holidays, now, effective_at)
    await move_request(session, row, move, persons=persons)


async def _is_to_leave(session: AsyncSession, row: Row, form: Form) -> bool:
    # What has ended meanwhile is nobody's business any more; what goes along with another request, that one says.
    state = form.workflow.state(row.status)
    return not (state and state.final) and not await merges.of(session, row.id)


async def _postpone(database: Database, timer_id: UUID, next_at: datetime) -> None:
    async with database.unit_of_work() as uow:
        await timers.postpone(uow.session, timer_id, next_at)
        await uow.commit()
