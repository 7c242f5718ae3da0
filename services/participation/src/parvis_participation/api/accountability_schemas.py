# SPDX-License-Identifier: EUPL-1.2
"""What the API of accountability takes and gives: what became of proposals, and who is told."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field

from parvis_kit.locale import Language, Text
from parvis_kit.problems import VALIDATION, Kind, Rule
from parvis_participation.api.budget_schemas import Price
from parvis_participation.api.schemas import Day, Input, LongText, ShortText
from parvis_participation.api.views import instant
from parvis_participation.db.accountability_tables import ProposalMilestone as Row
from parvis_participation.domain import accountability
from parvis_participation.domain.accountability import ProposalOutcome

NOT_ACCEPTED: Final = Kind(
    "proposal-not-accepted", 409, Text(fr="Proposition non acceptée", en="Proposal not accepted")
)

ACCOUNTABILITY_RULES: Final = {
    accountability.MilestoneOrderError: Rule(
        NOT_ACCEPTED,
        text=Text(
            fr="Seule une proposition acceptée est programmée, réalisée ou abandonnée ; dites d'abord qu'elle l'est.",
            en="Only an accepted proposal is planned, done or given up; say first that it is accepted.",
        ),
    ),
    accountability.FutureMilestoneError: Rule(
        VALIDATION,
        "/reached_on",
        Text(
            fr="Donnez un jour qui est venu ; ce qui est prévu se dit par `expected_on`.",
            en="Give a day that has come; what is meant to be is told by `expected_on`.",
        ),
    ),
}


class NewProposalMilestone(Input):
    """What the town decided or did about a proposal, and on which day; published at once, and never changed."""

    outcome: ProposalOutcome
    title: ShortText
    details: LongText
    reached_on: Day
    expected_on: Day | None = Field(default=None, description="By when the town means to have done it.")
    cost: Price | None = Field(default=None, description="What the town finds that it costs.")


class ProposalMilestoneView(BaseModel):
    """A milestone, in the language asked for."""

    id: UUID
    proposal_id: UUID
    outcome: ProposalOutcome
    title: str
    details: str
    reached_on: date
    expected_on: date | None
    cost: str | None
    created_at: datetime


class PublishedMilestoneView(ProposalMilestoneView):
    """A milestone that was just published."""

    supports_anew: bool = Field(
        description="Whether people support the proposal anew: the town has taken it up again, and it was forgotten who"
        " had supported it, or is being forgotten: `takes_supports` of the proposal says whether they do already."
    )


class ReportedMilestoneView(ProposalMilestoneView):
    """A milestone among those of a whole town."""

    proposal_title: str | None = Field(description="Null once the proposal is withdrawn or removed.")


class ProposalFollowView(BaseModel):
    """Whether one is told what becomes of a proposal."""

    proposal_id: UUID
    following: bool


def milestone_view(row: Row, language: Language) -> ProposalMilestoneView:
    """A milestone."""
    return ProposalMilestoneView(
        id=row.id,
        proposal_id=row.proposal_id,
        outcome=ProposalOutcome(row.outcome),
        title=row.title[language],
        details=row.details[language],
        reached_on=row.reached_on,
        expected_on=row.expected_on,
        cost=row.cost,
        created_at=instant(row.created_at),
    )


def published_view(row: Row, language: Language, *, supports_anew: bool) -> PublishedMilestoneView:
    """A milestone, as it is published."""
    return PublishedMilestoneView(**milestone_view(row, language).model_dump(), supports_anew=supports_anew)


def reported_view(row: Row, title: str | None, language: Language) -> ReportedMilestoneView:
    """A milestone with the title of its proposal."""
    return ReportedMilestoneView(**milestone_view(row, language).model_dump(), proposal_title=title)
