# SPDX-License-Identifier: EUPL-1.2
"""What the API of participatory budgets takes and gives."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from parvis_kit.web.types import Instant
from parvis_participation.api.eligibility_schemas import EligibilityRules, NewEligibilityRules
from parvis_participation.api.poll_schemas import AreaBudget, BallotLimits, CountingBoard, CountingMethod
from parvis_participation.api.schemas import Code, Input, KeptUntil, Long, LongText, RetentionDays, Short, ShortText
from parvis_participation.domain.budget import Phase
from parvis_participation.domain.project import ProjectState

Price = Annotated[
    str,
    Field(
        pattern=r"^([1-9][0-9]{0,11}(\.[0-9]{1,2})?|0\.(0[1-9]|[1-9][0-9]?))$",
        description="Euros, as a decimal number; more than nothing.",
    ),
]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90)]


class Phases(Input):
    """When each phase begins; each ends as the next begins, and the last is open."""

    call_at: Instant
    deposit_at: Instant
    analysis_at: Instant
    vote_at: Instant
    result_at: Instant
    realisation_at: Instant


class NewBudget(Input):
    """A participatory budget to prepare; publishing announces it."""

    title: ShortText
    description: LongText
    phases: Phases
    budgets: list[AreaBudget] = Field(min_length=1, max_length=100)
    ballot: BallotLimits
    method: CountingMethod
    live: StrictBool = Field(
        default=False, description="Whether the votes of each project are told while the vote is open."
    )
    changeable: StrictBool = Field(
        default=False, description="Whether a vote can be changed or taken back until the close."
    )
    board: CountingBoard | None = Field(
        default=None,
        description="Who counts; given, the vote is secret: a poll with this budget's id, which opens with the vote.",
    )
    eligibility: NewEligibilityRules | None = Field(default=None, description="Who may vote, in a secret vote alone.")
    retention_days: RetentionDays = None


class BudgetAction(StrEnum):
    """What an agent does to a participatory budget."""

    PUBLISH = "publish"


class NewBudgetTransition(Input):
    """Publish a draft before deposits end."""

    action: BudgetAction


class Place(Input):
    """GeoJSON point (RFC 7946), WGS 84: longitude, then latitude."""

    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude]


class NewProject(Input):
    """A project in its author's words, which will be public."""

    title: Short
    description: Long
    estimate: Price = Field(description="What its author thinks that it costs.")
    position: Place | None = None
    area: Code | None = Field(default=None, description="The area that pays for it; null: the whole city.")


class NewAnalysis(Input):
    """What the town's services found of a project, for everybody to read."""

    feasible: StrictBool
    cost: Price
    reasons: LongText


class PhasesView(BaseModel):
    """When each phase begins."""

    call_at: datetime
    deposit_at: datetime
    analysis_at: datetime
    vote_at: datetime
    result_at: datetime
    realisation_at: datetime


class BudgetOptionView(BaseModel):
    """A project that can be voted on, under the number by which ballots name it."""

    code: str
    label: str
    cost: str
    area: str | None
    project_id: UUID


class BudgetView(BaseModel):
    """A participatory budget, in the language asked for."""

    id: UUID
    collectivity: str
    title: str
    description: str
    phase: Phase
    phases: PhasesView
    budgets: list[AreaBudget]
    ballot: BallotLimits
    method: CountingMethod
    live: bool
    changeable: bool
    secret: bool = Field(
        description="Whether ballots are sealed and go to the poll that has this budget's id, readable once it opens."
    )
    board: CountingBoard | None = Field(description="Who counts a secret vote.")
    eligibility: EligibilityRules | None = Field(description="Who may vote in a secret vote.")
    called_off_at: datetime | None = Field(description="When two agents called the vote off; it has no result.")
    announced_close_at: datetime | None = Field(
        description="The close of a vote by name as it was published, where it was moved."
    )
    change_reason: str | None = Field(description="Why it lasts longer, or is called off.")
    turnout: int | None = Field(
        description="How many have voted, as counted within the last minutes; in secret, under a signed root."
    )
    options: list[BudgetOptionView] = Field(description="Frozen when the vote opens; empty before.")
    digest: str | None = Field(
        description="SHA-256 of all that the vote's opening froze, the poll where it is secret; also draws the ties."
    )
    retention_ends_at: KeptUntil
    version: int


class AnalysisView(BaseModel):
    """What the town's services found."""

    cost: str
    reasons: str


class ProjectView(BaseModel):
    """A project; its author is not told."""

    id: UUID
    budget_id: UUID
    removed: bool = Field(description="Whether a moderator has taken its words away from readers.")
    title: str | None = Field(description="Null once removed, as all that its author said of it.")
    description: str | None
    estimate: str | None
    position: Place | None
    area: str | None
    state: ProjectState
    analysis: AnalysisView | None
    number: int | None = Field(description="By which ballots name it, once the vote is open.")
    votes: int | None = Field(description="How many name it: once counted, and before where the budget is live.")
    created_at: datetime
    version: int
