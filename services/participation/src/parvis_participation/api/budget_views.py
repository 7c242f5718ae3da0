# SPDX-License-Identifier: EUPL-1.2
"""Participatory budgets and their projects as the API shows them."""

from datetime import datetime

from parvis_kit.locale import Language
from parvis_participation.api.budget_schemas import (
    AnalysisView,
    BudgetOptionView,
    BudgetView,
    PhasesView,
    Place,
    ProjectView,
)
from parvis_participation.api.eligibility_schemas import EligibilityRules
from parvis_participation.api.poll_schemas import AreaBudget, BallotLimits, CountingBoard, CountingMethod
from parvis_participation.api.result_views import area_results
from parvis_participation.api.views import instant
from parvis_participation.api.vote_schemas import BudgetResultsView
from parvis_participation.db.budgets import entity
from parvis_participation.db.tables import Budget as Row
from parvis_participation.db.tables import BudgetProject
from parvis_participation.domain.budget import DATED
from parvis_participation.domain.errors import BudgetNotCountedError
from parvis_participation.domain.project import ProjectState
from parvis_participation.domain.retention import retention_ends_at


def budget_view(row: Row, language: Language, now: datetime) -> BudgetView:
    """A participatory budget."""
    return BudgetView(
        id=row.id,
        collectivity=row.collectivity,
        title=row.title[language],
        description=row.description[language],
        phase=entity(row).phase(now),
        phases=PhasesView(**{f"{phase}_at": instant(getattr(row, f"{phase}_at")) for phase in DATED}),
        budgets=[AreaBudget(**budget) for budget in row.budgets],
        ballot=BallotLimits(**row.rules),
        method=CountingMethod(**row.method),
        live=row.live,
        changeable=row.changeable,
        secret=row.secret is not None,
        board=CountingBoard(**row.secret["board"]) if row.secret else None,
        eligibility=EligibilityRules(**row.secret["eligibility"]) if row.secret else None,
        called_off_at=instant(row.called_off_at) if row.called_off_at else None,
        announced_close_at=instant(row.announced_result_at) if row.announced_result_at else None,
        change_reason=row.change_reason[language] if row.change_reason else None,
        turnout=None if row.tally is None else row.tally["cast"],
        options=[BudgetOptionView(**option | {"label": option["label"][language]}) for option in row.options],
        digest=None if row.digest is None else row.digest.hex(),
        retention_ends_at=instant(
            retention_ends_at(row.counted_at or row.called_off_at or row.result_at, row.retention_days)
        ),
        version=row.version,
    )


def results_view(row: Row, language: Language) -> BudgetResultsView:
    """The result, explained; raises BudgetNotCountedError where there is none."""
    record = row.record
    if record is None:
        raise BudgetNotCountedError
    return BudgetResultsView(
        budget_id=row.id,
        voters=record["voters"],
        tie_seed=record["tie_seed"],
        digest=record["digest"],
        results=area_results(record, row.options, language),
    )


def _votes(row: BudgetProject, budget: Row | None) -> int | None:
    if budget is None or budget.tally is None or row.number is None:
        return None
    if not budget.live and budget.counted_at is None:
        return None
    votes: int = budget.tally["votes"].get(str(row.number), 0)
    return votes


def project_view(row: BudgetProject, language: Language, budget: Row | None = None) -> ProjectView:
    """A project, with what was found of it, and where its budget tells them its votes."""
    analysis, shown = None, row.removed_at is None
    if row.cost is not None and row.reasons is not None:
        analysis = AnalysisView(cost=row.cost, reasons=row.reasons[language])
    return ProjectView(
        id=row.id,
        budget_id=row.budget_id,
        removed=not shown,
        title=row.title if shown else None,
        description=row.description if shown else None,
        estimate=row.estimate if shown else None,
        position=Place(**row.position) if shown and row.position is not None else None,
        area=row.area,
        state=ProjectState(row.state),
        analysis=analysis,
        number=row.number,
        votes=_votes(row, budget),
        created_at=instant(row.created_at),
        version=row.version,
    )
