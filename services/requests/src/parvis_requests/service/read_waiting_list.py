# SPDX-License-Identifier: EUPL-1.2
"""The waiting list of an agenda as its agents see it: who is before whom, and what each was offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db import waits
from parvis_requests.db.tables import Appointment, AppointmentKind, AppointmentOffer, AppointmentWait
from parvis_requests.domain.request import Actor
from parvis_requests.service.agendas import read_agenda

MAX_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the list, at their place from 1, with all that they were offered."""

    row: AppointmentWait
    kind: AppointmentKind
    position: int
    offers: Sequence[tuple[AppointmentOffer, Appointment]]


async def read_waiting_list(session: AsyncSession, actor: Actor, agenda_id: UUID) -> tuple[int, list[Waiting]]:
    """How many wait, and the first of them; raises NotAllowedError for whoever is no agent, or NotFoundError."""
    agenda = await read_agenda(session, actor, agenda_id)
    total, rows = await waits.on_list(session, actor, agenda.id, MAX_SHOWN)
    about = await kinds.by_id(session, {row.kind_id for _, row in rows})
    made = await waits.offers_made(session, [row.id for _, row in rows])
    return total, [Waiting(row, about[row.kind_id], place, made.get(row.id, [])) for place, row in rows]
