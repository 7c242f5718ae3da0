# SPDX-License-Identifier: EUPL-1.2
"""A participatory budget that takes projects, as agents of a town prepare one, and what others may try with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from poll_body import published

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

PROJECT: dict[str, Any] = {"title": "Un banc", "description": "Devant la mairie.", "estimate": "800"}
PHASES = ("call", "deposit", "analysis", "vote", "result", "realisation")


ARCHIVE = b"META\nkey;value\nnum_projects;0\nnum_votes;0\nbudget;1\nvote_type;approval\n"


def budget_body() -> dict[str, Any]:
    """A budget that takes projects as soon as it is published."""
    text = {"fr": "Budget participatif", "en": "Participatory budget"}
    begun = datetime.now(UTC) - timedelta(days=2)
    times = {phase: begun + timedelta(days=number) for number, phase in enumerate(PHASES)}
    times |= {phase: at + timedelta(days=7) for phase, at in times.items() if phase not in {"call", "deposit"}}
    return {
        "title": text,
        "description": text,
        "phases": {f"{phase}_at": at.isoformat() for phase, at in times.items()},
        "budgets": [{"amount": "1000"}],
        "ballot": {"kind": "approval", "least": 1, "most": 1},
        "method": {"rule": "greedy"},
    }


def budget_in(agent: Actor, citizen: Actor) -> dict[str, str]:
    """A budget, a project that a citizen proposed in it, and a file of a vote of elsewhere."""
    budget = published(agent, "/v1/budgets", budget_body())
    project = expect(citizen.post(f"/v1/budgets/{budget}/projects", PROJECT), 201).json()["id"]
    own = {"Content-Type": "text/plain", "Idempotency-Key": f"archive-{budget}"}
    path = "/v1/budget-archives?source=https://data.example.org/budget.pb"
    archive = expect(agent.call("POST", path, ARCHIVE, **own), 202).json()["id"]
    return {"budget_id": budget, "project_id": project, "archive_id": archive}


# Who calls each operation, with which body and headers.
IF_MATCH = {"If-Match": '"1"'}
TEXT = {"fr": "Non.", "en": "No."}
BUDGET_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "createBudget": ("agent", budget_body(), {}),
    "listOwnBudgets": ("agent", None, {}),
    "readOwnBudget": ("agent", None, {}),
    "changeBudgetDraft": ("agent", budget_body(), IF_MATCH),
    "deleteBudgetDraft": ("agent", None, IF_MATCH),
    "changeBudgetVote": ("agent", {"kind": "cancel", "votes": "kept", "reason": TEXT}, {}),
    "importBudgetArchive": ("agent", None, {"Idempotency-Key": "lutece-importBudgetArchive"}),
    "listImportedBudgetArchives": ("agent", None, {}),
    "readImportedBudgetArchive": ("agent", None, {}),
    "actOnBudgetArchive": ("agent", {"action": "publish"}, IF_MATCH),
    "deleteBudgetArchive": ("agent", None, IF_MATCH),
    "actOnBudget": ("agent", {"action": "publish"}, IF_MATCH),
    "depositProject": ("citizen", PROJECT, {}),
    "editProject": ("citizen", PROJECT, IF_MATCH),
    "withdrawProject": ("citizen", None, IF_MATCH),
    "reportProject": ("citizen", {"category": "spam", "explanation": "Encore."}, {}),
    "reportMilestone": ("agent", {"title": TEXT, "details": TEXT, "reached_on": "2027-05-04"}, {}),
    "castVote": ("citizen", {"choice": [{"code": "1"}]}, {}),
    "readVote": ("citizen", None, {}),
    "changeVote": ("citizen", {"choice": [{"code": "1"}]}, IF_MATCH),
    "withdrawVote": ("citizen", None, IF_MATCH),
    "analyseProject": ("agent", {"feasible": False, "cost": "1", "reasons": TEXT}, IF_MATCH),
}
