# SPDX-License-Identifier: EUPL-1.2
"""What is given and taken of appointments."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_kit.locale import Language
from parvis_kit.web.types import Instant, PlainText
from parvis_requests.api.schemas import Input, Labelled
from parvis_requests.api.views import instant
from parvis_requests.db.tables import AppointmentStep
from parvis_requests.domain.appointment import AppointmentAct, AppointmentState
from parvis_requests.domain.attendance import Attendance
from parvis_requests.domain.request import Actor
from parvis_requests.service.read_appointments import OpenAppointment
from parvis_requests.service.workflow_definition import Code


class NewTrackedAppointment(Input):
    """An appointment to book about the request that the token follows."""

    kind: Code
    starts_at: Instant = Field(description="The start of a free slot.")
    agenda_id: UUID | None = Field(default=None, description="Where; without it, in any agenda that is free then.")


class NewAppointment(NewTrackedAppointment):
    """An appointment to book, for the person who calls; an agent books for the author of a request."""

    request_id: UUID | None = Field(default=None, description="The request that it is about.")


class NewTime(Input):
    """Where an appointment moves to."""

    starts_at: Instant = Field(
        description="The start of a free slot, or of the present one to change the agenda alone."
    )
    agenda_id: UUID | None = None
    reason: PlainText | None = Field(
        default=None, min_length=1, max_length=500, description="Why; an agent says it, and the person reads it."
    )


class Cancellation(Input):
    """Why an appointment does not take place."""

    reason: PlainText | None = Field(
        default=None, min_length=1, max_length=500, description="Why; an agent says it, and the person reads it."
    )


class AgendaRef(BaseModel):
    """Where an appointment is."""

    id: UUID
    label: str
    place: str


class AppointmentView(BaseModel):
    """An appointment, with labels in the language asked for."""

    id: UUID
    kind: Labelled
    instructions: str
    agenda: AgendaRef
    request_id: UUID | None
    person: UUID | None = Field(description="Whose it is; for agents alone.")
    starts_at: datetime
    ends_at: datetime
    changes_end_at: datetime = Field(description="Until when the person moves or cancels it by themselves.")
    state: AppointmentState
    offer_ends_at: datetime | None = Field(
        description="Until when it is held for a person of the waiting list who has not taken it yet."
    )
    reason: str | None = Field(description="Why it was changed last, where that was said.")
    attendance: Attendance = Field(default=Attendance.UNKNOWN, description="Whether the person came.")
    version: int
    created_at: datetime
    updated_at: datetime


class AppointmentStepView(BaseModel):
    """One act on an appointment; who did it is told to agents alone."""

    sequence: int
    act: AppointmentAct
    by_agent: bool
    actor: UUID | None
    starts_at: datetime = Field(description="When it was to begin after that.")
    created_at: datetime


class AppointmentSteps(BaseModel):
    """All acts in their order."""

    items: list[AppointmentStepView]


def appointment_view(found: OpenAppointment, actor: Actor, language: Language) -> AppointmentView:
    """What the actor sees of an appointment."""
    row, kind, agenda = found.row, found.kind, found.agenda
    return AppointmentView(
        id=row.id,
        kind=Labelled(code=kind.code, label=kind.name[language]),
        instructions=kind.instructions[language],
        agenda=AgendaRef(id=agenda.id, label=agenda.name[language], place=agenda.place[language]),
        request_id=row.request_id,
        person=row.person if actor.is_agent else None,
        starts_at=instant(row.starts_at),
        ends_at=instant(row.ends_at),
        changes_end_at=instant(found.changes_end_at),
        state=AppointmentState(row.state),
        offer_ends_at=instant(found.offer_ends_at) if found.offer_ends_at else None,
        reason=found.reason,
        attendance=Attendance.of(row.attended),
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def step_view(row: AppointmentStep, actor: Actor) -> AppointmentStepView:
    """What the actor sees of an act."""
    return AppointmentStepView(
        sequence=row.sequence,
        act=AppointmentAct(row.act),
        by_agent=row.by_agent,
        actor=row.actor if actor.is_agent else None,
        starts_at=instant(row.starts_at),
        created_at=instant(row.created_at),
    )
