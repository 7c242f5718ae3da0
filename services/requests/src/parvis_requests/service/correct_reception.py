# SPDX-License-Identifier: EUPL-1.2
"""An agent corrects the day on which the town received what was entered for somebody; its periods count from there."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_requests.db import history, requests, timers, transfers
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.asking import Channel
from parvis_requests.domain.calendar import Holidays, day_of
from parvis_requests.domain.errors import StaleVersionError
from parvis_requests.domain.escalation import Escalation
from parvis_requests.domain.legal import Resumption
from parvis_requests.domain.reception import RECEPTION, Reception, ReceptionSettledError, received_at
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.form import Form
from parvis_requests.service.legal_timers import legal_timers
from parvis_requests.service.write_message import store_words


@dataclass(frozen=True, slots=True)
class Correction:
    """The day that is right, of the version that the agent saw, and why; the person is told it."""

    request_id: UUID
    version: int
    reception: Reception
    reason: str


async def correct_reception(
    session: AsyncSession,
    actor: Actor,
    said: Correction,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    holidays: Holidays,
    now: datetime,
) -> Row:
    """Count its legal period and what was promised from that day, in the caller's transaction.

    Where the period is over by that, the worker records at once what silence has decided. Raises NotFoundError,
    NotAllowedError, StaleVersionError, ReceptionSettledError, ReceptionDayError, PeriodEndedError, PeriodOverError, or
    KeyDestroyedError: nobody is left to be told.
    """
    row = await requests.one(session, actor, said.request_id, lock=True)
    if row.version != said.version:
        raise StaleVersionError
    form, before = await form_of(session, row, catalogues), requests.entity(row)
    anew = await _started_anew(session, before, form)
    after = before.received(said.reception.on, actor, form.workflow, form.regime, now, anew=anew)
    if row.channel == Channel.ONLINE or await transfers.origin_of(session, row.id):
        raise ReceptionSettledError
    said.reception.check(day_of(row.created_at))
    said.reception.check_period(after.clock, form.regime, now)
    after = replace(after, due_at=_due_at(before, after, form, holidays))
    await requests.save(session, after, now)
    requests.record(session, after, actor, RECEPTION, now, received_on=after.received_day)
    if after.clock and form.regime:
        await timers.stop(session, after.id, timers.ALERT, timers.SILENCE)
        timers.start(session, after, legal_timers(after.clock, form.regime, now, first=True))
    for timer in await timers.of_kind(session, after.id, timers.ESCALATION):
        at = Escalation.of(timer.code).at(after.created_at, after.due_at)
        timer.due_at = timer.next_at = at or timer.due_at
    await store_words(session, after.after_word(), actor, Visibility.PUBLIC, said.reason, persons=persons, now=now)
    await session.flush()
    await session.refresh(row)
    return row


async def _started_anew(session: AsyncSession, request: Request, form: Form) -> bool:
    """Whether its period has started, or will start, with the last document; by the law of a former type, too."""
    if request.clock and request.clock.started_on > request.received_day:
        return True
    regime = form.regime
    if regime is None or regime.resume is not Resumption.RESET:
        return False
    return await history.was_in(session, request.id, regime.paused_in)


def _due_at(before: Request, after: Request, form: Form, holidays: Holidays) -> datetime | None:
    """When what was promised at the filing is due; a step of the workflow may have set another day since."""
    promised = form.definition.service_level
    if promised is None:
        return before.due_at
    delay = promised.domain()
    if before.due_at != delay.after(received_at(before.received_day, before.created_at), holidays):
        return before.due_at
    return delay.after(received_at(after.received_day, after.created_at), holidays)
