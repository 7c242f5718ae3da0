# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives about appeals."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_requests.api.conversation_schemas import Words
from parvis_requests.api.schemas import Input, Labelled
from parvis_requests.domain.appeal import AppealKind
from parvis_requests.domain.remedy import Refusal
from parvis_requests.service.workflow_definition import Code


class NewAppeal(Input):
    """Against what a request was refused; days, and bodies outside of the town, are for agents to take down."""

    kind: AppealKind
    text: Words = Field(description="Why the refusal is contested.")
    received_on: date | None = Field(default=None, description="When the town received it; without it, today.")
    sent_on: date | None = Field(default=None, description="When it was sent, as its postmark says.")


class NewAppealOutcome(Input):
    """How an appeal ends; `ended` is a mediation, or what another body does, that changes nothing."""

    outcome: Literal["upheld", "rejected", "ended"]
    reasons: Words = Field(description="Why: the person reads it.")


class NewAppealAssignment(Input):
    """Who looks at an appeal: a team, and an agent of it or nobody yet."""

    team: Code
    assignee: UUID | None


class AppealView(BaseModel):
    """An appeal, and where it leaves the period for going to the court."""

    id: UUID
    kind: Labelled
    state: Labelled
    refusal: Refusal = Field(description="How the request was refused.")
    refused_on: date
    by: Literal["author", "agent"] = Field(description="Who wrote it here.")
    brought_on: date
    received_on: date
    due_on: date | None = Field(description="The last day on which it could be brought; null where none ran.")
    late: bool = Field(description="Whether it came after the period for it; it is looked at all the same.")
    interrupts_court: bool = Field(description="Whether it interrupted the period for going to the court.")
    answer_due_at: datetime | None = Field(description="The instant from which silence rejects it.")
    ended_on: date | None
    court_ends_on: date | None = Field(
        description="The last day for going to the court, as things stand; null where none runs."
    )
    court_waits: bool = Field(description="Whether that period waits for the end of an appeal.")
    text: str | None = Field(description="Null once its author was erased.")
    reasons: str | None
    statements: list[str] = Field(description="What the person is told of it, in the language asked for.")
    team: Labelled | None = Field(description="Who looks at it; to agents alone.")
    assignee: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime


class AppealList(BaseModel):
    """All appeals of a request, the oldest first."""

    items: list[AppealView]


class AppealStepView(BaseModel):
    """What the person is written to of an appeal, for the service that writes."""

    request_type: Labelled
    kind: Labelled
    reasons: str | None
    statements: list[str]
