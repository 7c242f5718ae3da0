# SPDX-License-Identifier: EUPL-1.2
"""What the API of assemblies gives."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_participation.api.process_schemas import LinkView
from parvis_participation.domain.assembly import EndReason, MinutesState, Origin, Presence, Role, SessionState


class CollegeView(BaseModel):
    """A college, in the language asked for."""

    code: str
    title: str


class AssemblyView(BaseModel):
    """An assembly, in the language asked for."""

    id: UUID
    collectivity: str
    name: str
    description: str
    area: str | None
    colleges: list[CollegeView]
    links: list[LinkView]
    quorum: int
    version: int


class AssemblyDraftView(BaseModel):
    """An assembly as agents prepare it, in both languages."""

    id: UUID
    collectivity: str
    published: bool
    name: dict[str, str]
    description: dict[str, str]
    area: str | None
    colleges: list[dict[str, Any]]
    links: list[dict[str, Any]]
    quorum: int
    version: int


class PublicMemberView(BaseModel):
    """A member in office."""

    id: UUID
    name: str | None = Field(description="Null where they did not agree that everybody reads it.")
    role: Role
    college: str | None
    origin: Origin
    begins_on: date
    ends_on: date


class MemberView(PublicMemberView):
    """A mandate as agents see it."""

    person: UUID | None
    listed: bool
    end_reason: EndReason | None


class AgendaItemView(BaseModel):
    """A point of an agenda, in the language asked for."""

    title: str


class PublishedMinutesView(BaseModel):
    """That a version of the minutes is public."""

    number: int
    language: str
    approved_on: date
    published_at: datetime


class AssemblySessionView(BaseModel):
    """A session that was convened, in the language asked for."""

    id: UUID
    assembly_id: UUID
    title: str
    place: str
    agenda: list[AgendaItemView]
    links: list[LinkView]
    begins_at: datetime
    ends_at: datetime
    state: SessionState
    members: int | None = Field(description="How many there were that day; null until it is noted who came.")
    present: int | None
    quorum: int | None = Field(description="How many had to be there.")
    quorum_reached: bool | None


class AssemblySessionDetailView(AssemblySessionView):
    """The same with the minutes that are public."""

    minutes: list[PublishedMinutesView]


class AttendanceView(BaseModel):
    """Whether one member came."""

    member_id: UUID
    presence: Presence


class MinutesVersionView(BaseModel):
    """A version of the minutes, as agents see it in a list."""

    number: int
    language: str
    state: MinutesState
    approved_on: date | None
    published_at: datetime | None


class MinutesView(MinutesVersionView):
    """A version of the minutes with its text."""

    session_id: UUID
    text: str


class SessionDraftView(BaseModel):
    """A session as agents prepare and note it, in both languages."""

    id: UUID
    assembly_id: UUID
    title: dict[str, str]
    place: dict[str, str]
    agenda: list[dict[str, Any]]
    links: list[dict[str, Any]]
    begins_at: datetime
    ends_at: datetime
    state: SessionState
    members: int | None
    present: int | None
    quorum: int | None
    attendances: list[AttendanceView]
    minutes: list[MinutesVersionView]
    version: int


class SeedFormatView(BaseModel):
    """How the seed is written."""

    notation: str
    numbers: int
    digits: int
    ascending: bool


class DrawSummaryView(BaseModel):
    """Lots that are drawn, or will be."""

    id: UUID
    assembly_id: UUID
    college: str | None
    seats: int
    seed_source: str
    seed_format: SeedFormatView | None = Field(description="Null of lots that were frozen before it was said.")
    digest: str = Field(description="SHA-256 over the tickets in ascending order, each followed by a line feed.")
    begins_on: date
    ends_on: date
    frozen_at: datetime
    seed: str | None
    drawn_at: datetime | None
    voided_at: datetime | None = Field(description="When these lots were given up.")
    void_reason: str | None


class DrawView(DrawSummaryView):
    """The same with the tickets, and the result once there is one. Nobody can tell whose a ticket is."""

    tickets: list[str]
    drawn: list[str] | None = Field(description="In the order of SHA-256 over the seed, a line feed and the ticket.")
    gone: list[str] | None = Field(
        description="Tickets of who volunteered no more as lots were drawn, or was a member: passed over."
    )


class TicketView(BaseModel):
    """What one is called in a draw."""

    draw_id: UUID
    ticket: str


class VolunteerView(BaseModel):
    """Whether and how one volunteers for an assembly."""

    assembly_id: UUID
    volunteering: bool
    college: str | None
    listed: bool | None
    tickets: list[TicketView]


class AssemblyFollowView(BaseModel):
    """Whether one follows an assembly."""

    assembly_id: UUID
    following: bool
