# SPDX-License-Identifier: EUPL-1.2
"""A request that nobody takes, or that is late, goes to the next level by itself."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import requests, teams, timers
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.timers import ESCALATION, NewTimer
from parvis_requests.domain.escalation import ESCALATE, Escalation
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.service.form import Form


async def escalate(session: AsyncSession, row: Row, form: Form, code: str, now: datetime) -> None:
    """Do what the filing promised, in the caller's transaction, which holds the row locked.

    Agents are told, and systems by an event; the person is not. A due date that was put off is waited for again; a team
    that is no more gets nothing.
    """
    level, request = Escalation.of(code), requests.entity(row)
    at = level.at(request.created_at, request.due_at)
    if at is None or not level.holds(request, form.workflow):
        return
    if at > now:
        timers.start(session, request, [NewTimer(ESCALATION, code, at)])
        return
    if level.team not in await teams.codes(session, request.collectivity):
        return
    after = level.after(request)
    await requests.save(session, after, now)
    service = Actor.service(request.collectivity)
    requests.record(session, after, service, ESCALATE, now, Visibility.INTERNAL, before=request)
    await outbox.add(session, events.stayed(after, ESCALATE, now))
