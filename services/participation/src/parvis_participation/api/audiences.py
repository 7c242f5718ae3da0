# SPDX-License-Identifier: EUPL-1.2
"""Whether what belongs to a process is for whoever calls, asked before the call's own transaction."""

from datetime import datetime
from uuid import UUID

from starlette.requests import Request

from parvis_participation.api.context import citizen_of, parts_of
from parvis_participation.db import projects
from parvis_participation.domain.thread import Subject, ThreadKind
from parvis_participation.service.check_audience import check_audience
from parvis_participation.service.support_proposal import Supporter


async def check_for_citizen(request: Request, part: UUID, at: datetime) -> None:
    """Raise as :func:`check_audience` unless the process of that part, if any, is for the citizen who calls."""
    citizen, parts = citizen_of(request), parts_of(request)
    who = Supporter(citizen.collectivity, citizen.person, citizen.acr)
    await check_audience(who, part, database=parts.runtime.database, roll_keys=parts.roll_keys, now=at)


async def check_may_discuss(request: Request, subject: Subject, at: datetime) -> None:
    """The same of what is discussed; a project is part of its budget. Raises NotFoundError besides."""
    part = subject.id
    if subject.kind is ThreadKind.PROJECT:
        async with parts_of(request).runtime.database.reading() as session:
            part = (await projects.find(session, citizen_of(request).collectivity, subject.id)).budget_id
    await check_for_citizen(request, part, at)
