# SPDX-License-Identifier: EUPL-1.2
"""What the API of moderation takes and gives."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_participation.api.comment_schemas import Said
from parvis_participation.api.schemas import Input, LongText, ShortText
from parvis_participation.domain.moderation import CaseState, Category, ContentKind, Ground, Outcome


class NewReport(Input):
    """What is wrong with what somebody said, and why."""

    category: Category
    explanation: Said = Field(description="Why, so that somebody who does not know the matter can judge it.")


class NewDecision(Input):
    """What becomes of what was reported, with the statement of reasons that its author and the reporters read."""

    outcome: Outcome
    ground: Ground | None = Field(default=None, description="Of a removal; none where it is kept.")
    provision: ShortText | None = Field(
        default=None, description="The article of law, or of the town's rules, that a removal rests on."
    )
    facts: LongText = Field(description="What was found.")


class NewAppeal(Input):
    """Why a decision is contested."""

    explanation: Said


class ReportView(BaseModel):
    """The receipt of a report."""

    id: UUID
    category: Category
    created_at: datetime


class NotifierView(BaseModel):
    """Who gave notice without an account (article 16, paragraph 2, point c, of regulation (EU) 2022/2065)."""

    name: str | None
    email: str | None


class ReceivedReportView(BaseModel):
    """A report as moderators read it; they are not told which account it is of."""

    category: Category
    explanation: str
    created_at: datetime
    notifier: NotifierView | None = Field(description="Of a notice without an account alone, until it is forgotten.")


class DecisionView(BaseModel):
    """A decision with its statement of reasons (article 17 of regulation (EU) 2022/2065)."""

    round: int = Field(description="1, or 2 on an appeal.")
    outcome: Outcome
    ground: Ground | None
    provision: str | None
    facts: str
    automated: bool = Field(description="Whether a machine found it or decided it: never.")
    redress: list[str] = Field(description="What can be done against it.")
    decided_at: datetime


class AppealView(BaseModel):
    """Why a decision is contested."""

    explanation: str
    created_at: datetime


class CaseSummaryView(BaseModel):
    """A case, as lists show it."""

    id: UUID
    kind: ContentKind
    content_id: UUID
    state: CaseState
    outcome: Outcome | None
    created_at: datetime
    version: int


class CaseView(CaseSummaryView):
    """All that a moderator judges by."""

    author: str | None = Field(description="A pseudonym; null where it was forgotten before whose it was.")
    snapshot: str = Field(description="What it said when it was first reported.")
    text: str | None = Field(description="What it says now; null once withdrawn.")
    reports: list[ReceivedReportView] = Field(description="The first hundred, the oldest first.")
    decisions: list[DecisionView]
    appeal: AppealView | None


class OwnCaseView(BaseModel):
    """What was decided about what somebody wrote or reported."""

    id: UUID
    kind: ContentKind
    content_id: UUID
    mine: bool = Field(description="Whether it is about one's own words; else about one's report.")
    snapshot: str
    state: CaseState
    decisions: list[DecisionView]
    contest_before: datetime = Field(description="Until when the first decision can be contested.")


class FiguresView(BaseModel):
    """What became of the cases that were opened in a period."""

    from_on: date
    to_on: date
    cases: int
    cases_by_kind: dict[str, int] = Field(description="Cases by kind of content.")
    removed_by_kind: dict[str, int] = Field(description="Removals by kind of content, in the first round.")
    reports: dict[str, int] = Field(description="Reports by category.")
    kept: int
    removed: dict[str, int] = Field(description="Removals by ground, in the first round.")
    automated: int = Field(description="Decisions by machines: none.")
    appeals: int
    appeals_decided: int
    reversed: int = Field(description="Appeals that changed the first decision.")
    median_hours: float | None = Field(description="Median time from the first report to the first decision.")
