# SPDX-License-Identifier: EUPL-1.2
"""What the API of assemblies takes."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StrictBool

from parvis_kit.web.types import Instant, PlainText
from parvis_participation.api.process_schemas import NewLink
from parvis_participation.api.schemas import Code, Day, Input, LongText, ShortText
from parvis_participation.domain.assembly import (
    EndReason,
    MinutesAction,
    Presence,
    Role,
    SessionAction,
)

_Name = Annotated[PlainText, Field(min_length=1, max_length=150)]


class NewCollege(Input):
    """A group of an assembly's members, such as residents, associations or elected councillors."""

    code: Code
    title: ShortText


class NewAssembly(Input):
    """An assembly to prepare; it stays a draft until it is published."""

    name: ShortText
    description: LongText
    area: Code | None = Field(default=None, description="The territory that it is about; null: the whole town.")
    colleges: list[NewCollege] = Field(default_factory=list, max_length=20)
    links: list[NewLink] = Field(default_factory=list, max_length=50)
    quorum: int = Field(default=0, ge=0, le=100, strict=True, description="Percentage of the members; 0: none.")


class NewAssemblyTransition(Input):
    """Publish a draft."""

    action: Literal["publish"]


class NewMember(Input):
    """A mandate; both days are part of it."""

    person: UUID | None = Field(default=None, description="The account; null: none, then nobody is written to.")
    name: _Name
    listed: StrictBool = Field(description="Whether they let everybody read their name.")
    role: Role = Role.MEMBER
    college: Code | None = None
    origin: Literal["appointed", "elected"] = "appointed"
    begins_on: Day
    ends_on: Day


class NewEnding(Input):
    """A mandate ends before its time; that day is its last."""

    ends_on: Day
    reason: EndReason


class NewAgendaItem(Input):
    """A point of an agenda."""

    title: ShortText


class NewSession(Input):
    """A session to prepare; it stays a draft until the members are convened."""

    title: ShortText
    place: ShortText
    agenda: list[NewAgendaItem] = Field(min_length=1, max_length=50)
    links: list[NewLink] = Field(default_factory=list, max_length=50)
    begins_at: Instant
    ends_at: Instant


class NewSessionTransition(Input):
    """Convene the members, or call a session off."""

    action: SessionAction


class NewPresence(Input):
    """Whether one member came."""

    member_id: UUID
    presence: Presence


class NewAttendances(Input):
    """Who came; members of whom nothing is said were absent."""

    attendances: list[NewPresence] = Field(max_length=500)


class NewMinutes(Input):
    """A version of the minutes, in the language of the session."""

    language: Literal["fr", "en"] = "fr"
    text: Annotated[PlainText, Field(min_length=1, max_length=100_000)]


class NewMinutesTransition(Input):
    """Approve a draft, or publish what is approved."""

    action: MinutesAction
    approved_on: Day | None = Field(default=None, description="When the assembly approved it; null: today.")


class NewSeedFormat(Input):
    """How the seed will be written: so many numbers of so many digits each, zeros first, joined by hyphens."""

    notation: Literal["decimal", "hexadecimal"] = Field(
        default="decimal", description="hexadecimal: in lower case, such as the digest of a later publication."
    )
    numbers: int = Field(ge=1, le=20, strict=True)
    digits: int = Field(ge=1, le=128, strict=True)
    ascending: StrictBool = Field(default=False, description="Whether the numbers stand in ascending order.")


class NewDraw(Input):
    """Lots to draw among those who volunteer."""

    college: Code | None = None
    seats: int = Field(ge=1, le=500, strict=True)
    seed_source: ShortText = Field(description="Where the seed will come from, which nobody knows yet.")
    seed_format: NewSeedFormat
    begins_on: Day
    ends_on: Day


class NewDrawResult(Input):
    """The seed, as its source gave it, written as was said when the draw was frozen."""

    seed: Annotated[str, Field(pattern=r"^[!-~]([ -~]*[!-~])?$", max_length=3_000)]


class NewDrawCancellation(Input):
    """Why lots are given up; everybody reads it."""

    reason: ShortText


class NewVolunteer(Input):
    """That one lets lots be drawn whether one becomes a member."""

    name: _Name
    listed: StrictBool = Field(description="Whether everybody may read the name of whoever is drawn.")
    college: Code | None = None
