# SPDX-License-Identifier: EUPL-1.2
"""Where a request goes that is filed already, once its type or its place is another."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import timers
from parvis_requests.db.timers import ESCALATION, NewTimer
from parvis_requests.domain.escalation import promised_levels
from parvis_requests.domain.position import AreaRef
from parvis_requests.domain.request import Request
from parvis_requests.domain.routing import Case
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.form import Form
from parvis_requests.service.route_request import route_request


async def reroute_request(
    session: AsyncSession,
    request: Request,
    form: Form,
    answers: Mapping[str, Any],
    *,
    former: Form,
    catalogue: Catalogue,
    now: datetime,
) -> Request:
    """The request in the team that the rules name for it as it now is, in the transaction that holds it.

    Whoever has it keeps it where the team stays, and so does how pressing an agent or a rule made it, where the former
    type did not say so. With another team or type, what is promised if nobody takes it begins anew.
    """
    area = area_of(catalogue, request.area)
    case = Case(form.code, form.group, area, answers, now)

    @asynccontextmanager
    async def looking() -> AsyncIterator[AsyncSession]:
        yield session

    goes = await route_request(catalogue, request.collectivity, form, case, now, looking=looking)
    usual = request.priority is former.definition.priority
    stays = request.team in goes.rule.teams
    if not stays or former.id != form.id:
        await timers.stop(session, request.id, ESCALATION)
        levels = promised_levels(goes.rule.escalate, now, request.due_at)
        timers.start(session, request, [NewTimer(ESCALATION, *level) for level in levels])
    after = replace(request, priority=goes.priority if usual else request.priority)
    # Of equally busy teams that share the work, the one that has it keeps it.
    if stays:
        return after
    return replace(after, team=goes.team, assignee=goes.assignee)


def area_of(catalogue: Catalogue, code: str | None) -> AreaRef | None:
    """The area of that code, with the one that holds it."""
    known = catalogue.areas.get(code) if code else None
    return AreaRef(known.code, known.parent) if known else None
