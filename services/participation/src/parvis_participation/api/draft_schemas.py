# SPDX-License-Identifier: EUPL-1.2
"""What agents prepare, as they gave it: in both languages, published or not."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_participation.api.budget_schemas import PhasesView
from parvis_participation.api.eligibility_schemas import EligibilityRules
from parvis_participation.api.poll_schemas import AreaBudget, BallotLimits, CountingBoard, CountingMethod
from parvis_participation.api.views import instant
from parvis_participation.db.budgets import entity as budget_of
from parvis_participation.db.consultations import entity as consultation_of
from parvis_participation.db.polls import entity as poll_of
from parvis_participation.db.tables import Budget, Consultation, Poll
from parvis_participation.domain.budget import DATED, Phase
from parvis_participation.domain.consultation import State
from parvis_participation.domain.draft import NotDraftError, Preparation
from parvis_participation.domain.poll import PollState

NOT_DRAFT: Final = Kind("not-a-draft", 409, Text(fr="Déjà publié", en="Published already"))
DRAFT_RULES: Final[dict[type[Exception], Rule]] = {
    NotDraftError: Rule(
        NOT_DRAFT,
        text=Text(
            fr="Ce qui est publié ne se modifie ni ne se supprime ; le vote d'un budget se prépare avec lui.",
            en="What is published is neither changed nor deleted; the vote of a budget is prepared with it.",
        ),
    )
}
Prepared = Annotated[Preparation | None, Query(description="Drafts alone, or what is published alone.")]


class ConsultationDraftView(BaseModel):
    """A consultation as agents prepare it, in both languages."""

    id: UUID
    collectivity: str
    state: State
    title: dict[str, str]
    description: dict[str, str]
    question: dict[str, str]
    options: list[dict[str, Any]]
    opens_at: datetime
    closes_at: datetime
    retention_days: int
    version: int


class PollDraftView(BaseModel):
    """A secret poll as agents prepare it, in both languages."""

    id: UUID
    collectivity: str
    state: PollState
    title: dict[str, str]
    description: dict[str, str]
    options: list[dict[str, Any]]
    budgets: list[AreaBudget]
    ballot: BallotLimits
    method: CountingMethod
    board: CountingBoard
    eligibility: EligibilityRules
    listed_people: int = Field(description="How many are on its list; none any more once it is counted.")
    of_budget: bool
    opens_at: datetime
    closes_at: datetime
    retention_days: int
    version: int


class BudgetDraftView(BaseModel):
    """A participatory budget as agents prepare it, in both languages."""

    id: UUID
    collectivity: str
    phase: Phase
    title: dict[str, str]
    description: dict[str, str]
    phases: PhasesView
    budgets: list[AreaBudget]
    ballot: BallotLimits
    method: CountingMethod
    live: bool
    changeable: bool
    board: CountingBoard | None
    eligibility: EligibilityRules | None
    listed_people: int = Field(description="How many are on the list of its secret vote; none once it is counted.")
    retention_days: int
    version: int


def consultation_draft(row: Consultation, now: datetime) -> ConsultationDraftView:
    """A consultation."""
    return ConsultationDraftView(
        id=row.id,
        collectivity=row.collectivity,
        state=consultation_of(row).state(now),
        title=row.title,
        description=row.description,
        question=row.question,
        options=row.options,
        opens_at=instant(row.opens_at),
        closes_at=instant(row.closes_at),
        retention_days=row.retention_days,
        version=row.version,
    )


def poll_draft(row: Poll, listed: int, now: datetime) -> PollDraftView:
    """A poll, with how many are on its list."""
    return PollDraftView(
        id=row.id,
        collectivity=row.collectivity,
        state=poll_of(row).state(now),
        title=row.title,
        description=row.description,
        options=row.options,
        budgets=[AreaBudget(**budget) for budget in row.budgets],
        ballot=BallotLimits(**row.rules),
        method=CountingMethod(**row.method),
        board=CountingBoard(key=row.board_key.hex(), members=row.board_members, threshold=row.board_threshold),
        eligibility=EligibilityRules(**row.eligibility or {}),
        listed_people=listed,
        of_budget=row.of_budget,
        opens_at=instant(row.opens_at),
        closes_at=instant(row.closes_at),
        retention_days=row.retention_days,
        version=row.version,
    )


def budget_draft(row: Budget, listed: int, now: datetime) -> BudgetDraftView:
    """A budget, with how many are on the list of its secret vote."""
    return BudgetDraftView(
        id=row.id,
        collectivity=row.collectivity,
        phase=budget_of(row).phase(now),
        title=row.title,
        description=row.description,
        phases=PhasesView(**{f"{phase}_at": instant(getattr(row, f"{phase}_at")) for phase in DATED}),
        budgets=[AreaBudget(**budget) for budget in row.budgets],
        ballot=BallotLimits(**row.rules),
        method=CountingMethod(**row.method),
        live=row.live,
        changeable=row.changeable,
        board=CountingBoard(**row.secret["board"]) if row.secret else None,
        eligibility=EligibilityRules(**row.secret["eligibility"]) if row.secret else None,
        listed_people=listed,
        retention_days=row.retention_days,
        version=row.version,
    )
