# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from parvis_kit.web.types import Instant, PlainText
from parvis_participation.domain.consultation import Action, State
from parvis_participation.domain.retention import LEAST_DAYS, MOST_DAYS

Short = Annotated[PlainText, Field(min_length=1, max_length=300)]
Long = Annotated[PlainText, Field(min_length=1, max_length=10_000)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
AboutArea = Annotated[Code | None, Query(description="Only what is about this territory, not the whole town.")]


def _written(value: Any) -> Any:
    # pydantic would take a number, and a string of digits, as seconds since 1970.
    if value is None or (isinstance(value, str) and _DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date", "Give a date: YYYY-MM-DD.", {"fr": "Donnez une date : AAAA-MM-JJ."})


_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, BeforeValidator(_written)]
"""A day that a caller gives: an RFC 3339 full-date (section 5.6) as a string."""


class Input(BaseModel):
    """A body from outside: unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class ShortText(Input):
    """A short text in both languages."""

    fr: Short
    en: Short


class LongText(Input):
    """A long text in both languages."""

    fr: Long
    en: Long


class NewOption(Input):
    """One possible answer."""

    code: Code
    label: ShortText


RetentionDays = Annotated[
    int | None,
    Field(
        ge=LEAST_DAYS,
        le=MOST_DAYS,
        strict=True,
        description="For how many days after the end it is kept who chose what; null: as the town keeps it.",
    ),
]
KeptUntil = Annotated[
    datetime,
    Field(description="Until when it is kept who chose what; not before the end is known. The numbers stay."),
]


class NewConsultation(Input):
    """A consultation to prepare; it stays a draft until it is published."""

    title: ShortText
    description: LongText
    question: ShortText
    options: list[NewOption] = Field(min_length=2, max_length=20)
    opens_at: Instant
    closes_at: Instant
    retention_days: RetentionDays = None


class NewTransition(Input):
    """What an agent does: publish a draft, or close an open consultation early."""

    action: Action


class NewAnswer(Input):
    """One citizen's answer."""

    option: Code


class OptionView(BaseModel):
    """One possible answer, in the language asked for."""

    code: str
    label: str


class ConsultationView(BaseModel):
    """A consultation, in the language asked for."""

    id: UUID
    collectivity: str
    title: str
    description: str
    question: str
    options: list[OptionView]
    state: State
    opens_at: datetime
    closes_at: datetime
    announced_close_at: datetime | None = Field(description="The close as it was published, where it was moved.")
    change_reason: str | None = Field(description="Why it lasts longer.")
    retention_ends_at: KeptUntil
    version: int


class AnswerView(BaseModel):
    """The receipt of an answer; the choice is not repeated."""

    id: UUID
    consultation_id: UUID
    answered_at: datetime


class CountView(BaseModel):
    """How many chose an option."""

    code: str
    label: str
    count: int


class ResultsView(BaseModel):
    """Exact counts; nominative consultation, one answer a person."""

    consultation_id: UUID
    state: State
    total: int
    counts: list[CountView]
