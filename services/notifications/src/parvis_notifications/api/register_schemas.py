# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and shows of the register of people who may need help."""

import re
from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic_core import PydanticCustomError

from parvis_kit.web.types import Instant, PlainText
from parvis_notifications.api.map_schemas import Label, Point
from parvis_notifications.api.subscription_schemas import Spoken
from parvis_notifications.domain.alert import Reply, VisitOutcome
from parvis_notifications.domain.broadcast import Reach
from parvis_notifications.domain.own_entry import OwnState

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Words = Annotated[PlainText, Field(min_length=1, max_length=1_000)]


def _written(value: object) -> object:
    # A number would be taken for seconds, and a time for its day.
    if value is not None and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticCustomError("date", "Give a day: YYYY-MM-DD.", {"fr": "Donnez un jour : AAAA-MM-JJ."})
    return value


Note = Annotated[PlainText, Field(min_length=1, max_length=500)]
Email = Annotated[str, Field(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]
Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{7,14}$", description="E.164.")]


class RegisterContent(BaseModel):
    """What articles R. 121-3 and R. 121-4 of the CASF have entered."""

    model_config = ConfigDict(extra="forbid")

    ground: Literal["age", "unfit", "disability"] = Field(
        description="65 or more; 60 or more and unfit for work; disabled."
    )
    requested_by: Literal["self", "representative", "third-party"]
    given_names: Label
    family_name: Label
    birth_on: date
    address: Words
    email: Email | None = None
    phone: Phone | None = None
    prefers_calls: StrictBool = Field(
        default=False, description="Alerts call them even where a text message reaches them, too."
    )
    needs: Words | None = Field(default=None, description="What helpers must know.")
    home_service: Words | None = Field(default=None, description="Who comes to their home.")
    contact: Words | None = Field(default=None, description="Whom to call.")


class RegisterBody(RegisterContent):
    """Somebody to be entered."""

    language: Spoken = "fr"
    position: Point = Field(description="Where they live.")
    words: Words = Field(description="The words to which they, or who stands for them, agreed.")


class RegisterChangeBody(RegisterContent):
    """What is to stand there of somebody of the register."""

    language: Spoken | None = Field(default=None, description="Null: the one that there is.")
    position: Point | None = Field(
        default=None, description="Where they live; null: where they lived, at that address."
    )
    reason: Words = Field(description="Why it is changed; sealed with the entry.")


class OwnEntryBody(RegisterContent):
    """What somebody says of themselves, or of whom they represent by law."""

    requested_by: Literal["self", "representative"]
    language: Spoken | None = Field(default=None, description="Null: the one that there is, or French.")
    position: Point | None = Field(
        default=None, description="Where they live; null, of an entry that there is: where they lived, at that address."
    )
    words: Words | None = Field(
        default=None, description="The words to which they agree; who is entered already has agreed."
    )


class OwnVisit(BaseModel):
    """That somebody of the town called on the caller during an alert."""

    outcome: VisitOutcome
    visited_at: AwareDatetime
    note: str | None = Field(description="What they wrote of it.")


class OwnEntryView(BaseModel):
    """What is the caller's: asked for, refused, or entered."""

    state: OwnState
    content: RegisterContent
    since_at: AwareDatetime = Field(description="When they asked, or were entered.")
    reason: str | None = Field(description="Why an agent refused.")
    visits: list[OwnVisit] = Field(description="The last hundred, newest first.")


class RegisterRequestView(BaseModel):
    """That somebody asks by their account to be entered."""

    id: UUID
    person: UUID = Field(description="Their account, signed in to with a verified identity.")
    content: RegisterContent
    position: Point
    words: str = Field(description="To what they agree.")
    version: int = Field(description="For If-Match, as an entity tag.")
    asked_at: AwareDatetime


class AcceptanceBody(BaseModel):
    """How somebody is entered."""

    model_config = ConfigDict(extra="forbid")

    entry_id: UUID | None = Field(
        default=None, description="The entry that is theirs, which then says what they said; null: a new one."
    )


class RefusalBody(BaseModel):
    """Why somebody is not entered."""

    model_config = ConfigDict(extra="forbid")

    reason: Words = Field(description="They read it; sealed with their key.")


class RegisterChangeView(BaseModel):
    """That an agent changed an entry, or its own person did."""

    id: UUID
    agent: UUID = Field(description="Who did; where `own`, their account, nil once that is erased.")
    own: bool
    changed_at: AwareDatetime
    reason: str
    before: RegisterContent = Field(description="What stood there until then.")


class RegisterEntryView(BaseModel):
    """Somebody of the register."""

    id: UUID
    content: RegisterContent
    person: UUID | None = Field(description="The account that sees and changes it.")
    texted: bool = Field(description="Whether text messages reach the number: a fixed line takes none.")
    entered_at: AwareDatetime
    checked_at: AwareDatetime = Field(description="When somebody last made sure of it, or entered or corrected it.")


class RegisterSearchBody(BaseModel):
    """Who is looked for."""

    model_config = ConfigDict(extra="forbid")

    family_name: Label = Field(description="The whole name, whatever its case, accents and hyphens.")
    birth_on: Annotated[date | None, BeforeValidator(_written)] = Field(
        default=None, description="Those alone who were born then."
    )


class RegisterFound(BaseModel):
    """A hundred at most, newest first."""

    items: list[RegisterEntryView]
    more: bool = Field(description="Whether there are others: with the date of birth fewer are found.")


class VisitBody(BaseModel):
    """Somebody was called on."""

    model_config = ConfigDict(extra="forbid")

    outcome: VisitOutcome = Field(
        description="`met`; `nobody` opened, and they are to be called on again; `away`: elsewhere, in safety;"
        " `withdrawn`: what was said last was wrong."
    )
    visited_at: Instant | None = Field(default=None, description="When that was: after the alert, and past; null: now.")
    note: Note | None = Field(
        default=None,
        description="What whoever goes there next must know; sealed with the entry, and shown to its own person.",
    )


class VisitView(BaseModel):
    """That somebody was called on."""

    recipient: int
    outcome: VisitOutcome
    agent: UUID
    visited_at: AwareDatetime
    note: str | None


class ConcernedEntry(BaseModel):
    """Somebody of the register whom an alert is for."""

    recipient: int
    answer: Reply | None = Field(
        description="Theirs, or that of an account or subscription with the same address or number."
    )
    answered_at: AwareDatetime | None
    answered_by: int | None = Field(
        description="Recipient whose answer that is: by it and `answered_at` agents say that they were helped."
    )
    helped_at: AwareDatetime | None = Field(
        description="When an agent said that they were helped, or whoever has the same address or number."
    )
    reach: Reach = Field(
        description="`reached`: a carrier took it and told of no failure, or they answered or opened it; `under-way`: a"
        " channel is still to come; `unreached`: by none, or nobody knows: they are to be called on."
    )
    visit: VisitView | None = Field(description="What came of it when they were called on last.")
    entry: RegisterEntryView


class ConcernedList(BaseModel):
    """By the numbers of the recipients: ask on with the last one as `after`."""

    items: list[ConcernedEntry]


class RegisterAccessView(BaseModel):
    """That an agent saw or changed what is known of people who may need help, or one of these did."""

    id: UUID
    agent: UUID = Field(description="Who did; their account where they did so of themselves, nil once that is erased.")
    act: str = Field(
        description="`enter`, `read`, `list`, `search`, `check`, `export`, `change`, `changes`, `take-out`,"
        " `concerned`, `answers-help`, `answers-safe`, `helped`, `help-reopened`, `visited`, `field-list`,"
        " `homes-list`, `requests`, `accept`, `refuse` or `unlink`; by their own person `own-ask`, `own-change` or"
        " `own-leave`."
    )
    entry: UUID | None
    alert: UUID | None
    people: int
    accessed_at: AwareDatetime
