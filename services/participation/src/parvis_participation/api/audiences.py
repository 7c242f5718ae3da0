# SPDX-License-Identifier: EUPL-1.2
"""Whether what belongs to a process is for whoever calls, asked before the call's own transaction."""

from datetime import datetime
from uuid import UUID

from starlette.requests import Request

from parvis_participation.api.context import citizen_of, parts_of
from parvis_participation.db import projects
from parvis_participation.domain.thread import Subject, ThreadKind
from parvis_participation.service.check_audience import check_audience
from parvis_participation.service.propose_within import check_may_propose, check_may_publish
from parvis_participation.service.support_proposal import Supporter


async def check_for_citizen(request: Request, part: UUID, at: datetime) -> None:
    """Raise as :func:`check_audience` unless the process of that part, if any, is for the citizen who calls."""
    parts = parts_of(request)
    await check_audience(_who(request), part, database=parts.runtime.database, roll_keys=parts.roll_keys, now=at)


async def check_proposes_within(request: Request, process_id: UUID, at: datetime) -> None:
    """Raise as :func:`check_may_propose` unless the citizen who calls proposes within that process."""
    parts = parts_of(request)
    await check_may_propose(
        _who(request), process_id, database=parts.runtime.database, roll_keys=parts.roll_keys, now=at
    )


async def check_publishes_within(request: Request, proposal_id: UUID, at: datetime) -> None:
    """Raise as :func:`check_may_publish` unless the process of that draft, if any, is for the citizen who calls."""
    parts = parts_of(request)
    await check_may_publish(
        _who(request), proposal_id, database=parts.runtime.database, roll_keys=parts.roll_keys, now=at
    )


async def check_may_discuss(request: Request, subject: Subject, at: datetime) -> None:
    """The same of what is discussed; a project is part of its budget. Raises NotFoundError besides."""
    part = subject.id
    if subject.kind is ThreadKind.PROJECT:
        async with parts_of(request).runtime.database.reading() as session:
            part = (await projects.find(session, citizen_of(request).collectivity, subject.id)).budget_id
    await check_for_citizen(request, part, at)


def _who(request: Request) -> Supporter:
    citizen = citizen_of(request)
    return Supporter(citizen.collectivity, citizen.person, citizen.acr)
