# SPDX-License-Identifier: EUPL-1.2
"""What the API of proposals takes and gives."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from parvis_participation.api.budget_schemas import Place, Price
from parvis_participation.api.schemas import Input, Long, Short
from parvis_participation.domain.accountability import ProposalOutcome
from parvis_participation.domain.proposal import ProposalState


class ProposalAction(StrEnum):
    """What its author does with a draft."""

    PUBLISH = "publish"


class NewProposal(Input):
    """A proposal in its author's words, which will be public under their pseudonym."""

    title: Short
    description: Long
    estimate: Price | None = Field(default=None, description="What its author thinks that it costs.")
    position: Place | None = None


class ProposalSubmission(NewProposal):
    """A proposal, public at once unless it is a draft."""

    draft: StrictBool = Field(
        default=False, description="Those who write it alone read it until its author publishes it."
    )
    process_id: UUID | None = Field(
        default=None,
        description="The process within which it is made, for good: its phases and audience hold for it; null: none.",
    )


class NewProposalTransition(Input):
    """What its author does with a draft."""

    action: ProposalAction


class NewSupport(Input):
    """Whether one supports a proposal from now on."""

    supporting: StrictBool


class PhotoDescription(Input):
    """What a photo shows, in words."""

    alternative_text: Short = Field(
        description="For whoever cannot see it; public, like the proposal. Names of people do not belong there."
    )


class PhotoView(BaseModel):
    """A photo of a proposal; its bytes are at an address of their own, whole and small."""

    id: UUID
    alternative_text: str | None = Field(description="Null until it is described: until then nobody sees the photo.")
    media_type: str
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    added_at: datetime
    version: int


class ProposalView(BaseModel):
    """A proposal; its author is known to readers by a pseudonym."""

    id: UUID
    collectivity: str
    process_id: UUID | None = Field(description="The process within which it was made; null: none.")
    author: str
    co_authors: list[str] = Field(description="Who writes it with its author, by their pseudonyms.")
    state: ProposalState
    title: str | None = Field(description="Null once withdrawn or removed: its place stays, for what was said of it.")
    description: str | None
    estimate: str | None
    position: Place | None
    photos: list[PhotoView] = Field(description="The first first; none once withdrawn or removed.")
    supports: int | None = Field(
        description="How many verified people support it, at this moment; null once withdrawn or removed."
    )
    earlier_supports: list[int] = Field(
        description="How many supported it each time before the town took it up again, the first first: not to be added"
        " up, as the same people may be in several; none once withdrawn or removed."
    )
    takes_supports: bool = Field(
        description="Whether it takes supports, as far as it goes by itself: not before it is published, once it is"
        " gone, or once it is forgotten who supported it."
    )
    outcome: ProposalOutcome | None = Field(description="What the town has decided or done; null: nothing so far.")
    outcome_on: date | None = Field(description="Since when.")
    cost: str | None = Field(description="What the town finds that it costs, in euros.")
    created_at: datetime
    changed_at: datetime
    version: int = Field(description="More than 1 where its author has changed it.")


class ProposalVersionView(BaseModel):
    """What a proposal said before."""

    version: int
    title: str
    description: str
    estimate: str | None
    position: Place | None
    written_at: datetime


class SupportView(BaseModel):
    """Whether one supports a proposal, and how many do."""

    supporting: bool
    supports: int
    retention_ends_at: datetime | None = Field(
        description="Until when it is kept who supports it; null while it can be supported and nothing has become of"
        " it. After that the number stays, and it takes no more unless the town takes it up again."
    )
