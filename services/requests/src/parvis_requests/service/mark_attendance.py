# SPDX-License-Identifier: EUPL-1.2
"""An agent marks whether somebody came to their appointment, or takes back what was marked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db import appointments
from parvis_requests.db.tables import Appointment
from parvis_requests.domain.attendance import ACTS, Attendance, Marking
from parvis_requests.domain.errors import StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents


async def mark_attendance(
    session: AsyncSession, actor: Actor, appointment_id: UUID, attendance: Attendance, *, version: int, now: datetime
) -> Appointment:
    """Keep it with its act, in the caller's transaction; nobody is written to.

    Raises NotAllowedError for anybody but an agent, NotFoundError, StaleVersionError or AttendanceError.
    """
    agent = for_agents(actor)
    row = await appointments.one(session, agent, appointment_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    kind = await kinds.one(session, agent.collectivity, row.kind_id)
    Marking(attendance).check(appointments.entity(row, kind), now)
    row.attended = attendance.attended
    row.version, row.updated_at = row.version + 1, now
    await session.flush()
    appointments.record(session, row, agent, ACTS[attendance], now)
    await session.flush()
    return row
