# SPDX-License-Identifier: EUPL-1.2
"""What is told of participatory budgets: ids, codes and times; never a word of a project, nor who proposed it."""

from datetime import datetime
from typing import Final

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.tables import BudgetProject
from parvis_participation.domain.budget import Budget, Phase
from parvis_participation.events import told

BUDGET_TOPIC: Final = "parvis.participation.budget.v1"
PROJECT_TOPIC: Final = "parvis.participation.project.v1"


def budget_published(budget: Budget, at: datetime) -> Event:
    """A participatory budget is announced, with its phases."""
    return _budget_told("budget-published", budget, at)


def vote_opened(budget: Budget, at: datetime) -> Event:
    """The projects of a participatory budget are frozen, and can be voted on."""
    return _budget_told("budget-vote-opened", budget, at)


def vote_extended(budget: Budget, at: datetime) -> Event:
    """Two agents let the vote by name last longer; `result_at` is the new close."""
    return _budget_told("budget-vote-extended", budget, at)


def vote_called_off(budget: Budget, at: datetime) -> Event:
    """Two agents have called the vote by name off: it has no result."""
    return _budget_told("budget-vote-called-off", budget, at)


def budget_counted(budget: Budget, at: datetime) -> Event:
    """The votes of a participatory budget are counted, and its result is public."""
    return _budget_told("budget-counted", budget, at)


def project_deposited(project: BudgetProject, at: datetime) -> Event:
    """A resident has proposed a project."""
    return _project_told("project-deposited", project, at)


def project_analysed(project: BudgetProject, at: datetime) -> Event:
    """The town's services have said what they found of a project."""
    return _project_told("project-analysed", project, at)


def _budget_told(name: str, budget: Budget, at: datetime) -> Event:
    data = {
        "budget_id": str(budget.id),
        "collectivity": budget.collectivity,
        "vote_at": instant(budget.starts[Phase.VOTE]),
        "result_at": instant(budget.starts[Phase.RESULT]),
        "occurred_at": instant(at),
        "sequence": budget.version,
    }
    return told(name, BUDGET_TOPIC, budget.id, budget.version, budget.collectivity, at, data)


def _project_told(name: str, project: BudgetProject, at: datetime) -> Event:
    data = {
        "project_id": str(project.id),
        "budget_id": str(project.budget_id),
        "collectivity": project.collectivity,
        "state": project.state,
        "occurred_at": instant(at),
        "sequence": project.version,
    }
    return told(name, PROJECT_TOPIC, project.id, project.version, project.collectivity, at, data)
