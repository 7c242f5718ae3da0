# SPDX-License-Identifier: EUPL-1.2
"""What the API of public meetings takes and gives."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from parvis_kit.web.types import Instant, PlainText
from parvis_participation.api.process_schemas import LinkView, NewLink
from parvis_participation.api.schemas import Input, LongText, ShortText
from parvis_participation.domain.meeting import MeetingAction, MeetingState, RegistrationState


class NewMeeting(Input):
    """A public meeting to prepare; it stays a draft until it is published."""

    title: ShortText
    description: LongText
    place: ShortText
    process_id: UUID | None = Field(default=None, description="The process that it is part of; null: none.")
    assembly_id: UUID | None = Field(default=None, description="The assembly that it is of; null: none.")
    links: list[NewLink] = Field(default_factory=list, max_length=50)
    begins_at: Instant
    ends_at: Instant
    registration_opens_at: Instant | None = Field(default=None, description="Null: it takes no registrations.")
    registration_closes_at: Instant | None = Field(default=None, description="Null: it takes no registrations.")
    places: int | None = Field(default=None, ge=1, le=20_000, strict=True, description="Null: without a limit.")


class NewMeetingTransition(Input):
    """Publish a meeting, or cancel it."""

    action: MeetingAction


class NewMeetingPresence(Input):
    """Whether somebody who has a place came."""

    registration_id: UUID
    came: StrictBool


class NewMeetingAttendances(Input):
    """Who came; what was noted of others stays."""

    attendances: list[NewMeetingPresence] = Field(max_length=500)
    walk_ins: int = Field(default=0, ge=0, le=100_000, strict=True, description="How many came without a place.")


class NewMeetingReport(Input):
    """What was said, and documents; it takes the place of an earlier report."""

    text: LongText
    links: list[NewLink] = Field(default_factory=list, max_length=50)


class NewRegistration(Input):
    """Register oneself."""

    name: Annotated[PlainText, Field(min_length=1, max_length=150, description="What one is called at the door.")]


class MeetingReportView(BaseModel):
    """What was said, in the language asked for."""

    text: str
    links: list[LinkView]
    reported_at: datetime


class MeetingView(BaseModel):
    """A public meeting, in the language asked for; numbers of people, never names."""

    id: UUID
    collectivity: str
    process_id: UUID | None
    assembly_id: UUID | None
    state: MeetingState
    title: str
    description: str
    place: str
    links: list[LinkView]
    begins_at: datetime
    ends_at: datetime
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    places: int | None
    places_left: int | None = Field(description="Null: without a limit.")
    waiting: int
    came: int | None = Field(description="How many came, with a place or without; null until that is noted.")
    report: MeetingReportView | None
    version: int


class MeetingDraftView(BaseModel):
    """A public meeting as agents prepare it, in both languages."""

    id: UUID
    collectivity: str
    process_id: UUID | None
    assembly_id: UUID | None
    state: MeetingState
    title: dict[str, str]
    description: dict[str, str]
    place: dict[str, str]
    links: list[dict[str, Any]]
    begins_at: datetime
    ends_at: datetime
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    places: int | None
    registered: int
    waiting: int
    came: int | None = Field(description="How many with a place came.")
    walk_ins: int | None
    report: dict[str, Any] | None
    version: int


class RegistrationView(BaseModel):
    """One's own registration."""

    meeting_id: UUID
    state: RegistrationState
    waiting_before: int = Field(description="How many wait before one; 0 with a place.")


class RegistrantView(BaseModel):
    """Somebody who is registered, as agents see them."""

    id: UUID
    name: str | None = Field(description="Null of who was erased.")
    state: RegistrationState
    came: bool | None
    registered_at: datetime
