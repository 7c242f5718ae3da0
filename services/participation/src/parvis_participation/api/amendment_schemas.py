# SPDX-License-Identifier: EUPL-1.2
"""What the API of amendments and of comparisons takes and gives."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from parvis_participation.api.budget_schemas import Place
from parvis_participation.api.schemas import Input, Long, Short
from parvis_participation.domain.amendment import AmendmentState
from parvis_participation.domain.comparison import Change


class SegmentView(BaseModel):
    """A part of a text: of the earlier one (``removed``), of the later one (``added``), or of both (``same``)."""

    change: Change
    text: str


class ComparisonView(BaseModel):
    """What one version of a proposal says otherwise than another, word by word."""

    before: int
    after: int
    title: list[SegmentView]
    description: list[SegmentView]
    estimate_before: str | None
    estimate_after: str | None
    position_before: Place | None
    position_after: Place | None


class NewAmendment(Input):
    """Title and description of a proposal as they should be, and why."""

    title: Short
    description: Long
    reasons: Long


class AmendmentAnswer(Input):
    """What those who write a proposal say of an amendment; whoever refuses it says why."""

    accepting: StrictBool
    answer: Long | None = None


class AmendmentSummaryView(BaseModel):
    """An amendment in a list."""

    id: UUID
    proposal_id: UUID
    author: str = Field(description="A pseudonym.")
    state: AmendmentState
    reasons: str | None = Field(description="Null once withdrawn or removed, as all of its words.")
    answer: str | None = Field(description="What those who write the proposal said.")
    base_version: int = Field(description="The version of the proposal that it changes.")
    made_version: int | None = Field(description="The version that it became a part of.")
    created_at: datetime
    answered_at: datetime | None
    version: int


class AmendmentView(AmendmentSummaryView):
    """An amendment whole, compared with the version that it changes."""

    title: str | None
    description: str | None
    title_changes: list[SegmentView]
    description_changes: list[SegmentView]
