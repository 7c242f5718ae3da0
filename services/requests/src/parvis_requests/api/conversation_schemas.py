# SPDX-License-Identifier: EUPL-1.2
"""What the API takes and gives about a request once it was filed."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_kit.web.types import PlainText
from parvis_requests.api.schemas import Input, Labelled
from parvis_requests.service.workflow_definition import Code

Words = Annotated[PlainText, Field(min_length=1, max_length=10_000)]
Codes = Annotated[list[Code], Field(min_length=1, max_length=30)]


class NewDocumentRequest(Input):
    """Documents that lack."""

    action: Code = Field(description="Transition by which the request waits for them.")
    documents: Codes = Field(description="Codes of documents of the request's type.")
    days: int = Field(ge=1, le=365, description="For how many days they are waited for.")
    text: Words = Field(description="What the person is told, as a public reply.")


class DocumentRequestView(BaseModel):
    """Documents that were asked for; `completed_at` is null while one lacks.

    Their author is reminded three working days before `due_on`; after it the agents are alerted, and nothing is closed.
    """

    id: UUID
    documents: list[Labelled]
    due_on: date
    overdue: bool = Field(description="Whether one still lacks and the day has gone by.")
    created_at: datetime
    completed_at: datetime | None


class DocumentRequestList(BaseModel):
    """What was asked for, the oldest first."""

    items: list[DocumentRequestView]


class NewDocuments(Input):
    """Documents for a request that was filed before."""

    documents: dict[Code, Annotated[list[UUID], Field(min_length=1, max_length=5)]] = Field(
        min_length=1, max_length=30, description="Uploads, by the code of the document that they are."
    )
    action: Code | None = Field(default=None, description="Transition that says that the file is complete.")


class NewReopening(Input):
    """Why the request is not over."""

    reason: Words


class NewSatisfaction(Input):
    """How the author was served."""

    score: int = Field(ge=1, le=5, description="From 1, not at all satisfied, to 5, entirely.")
    comment: PlainText | None = Field(default=None, min_length=1, max_length=4_000)


class SatisfactionView(BaseModel):
    """How the author was served."""

    score: int
    comment: str | None
    created_at: datetime
