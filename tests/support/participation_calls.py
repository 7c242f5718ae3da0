# SPDX-License-Identifier: EUPL-1.2
"""What the people of a town take part in, and what others may try with it."""

from typing import Any

from budget_body import BUDGET_CALLS, budget_in
from poll_body import POLL_CALLS

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

IF_MATCH = {"If-Match": '"1"'}
COMMENT: dict[str, Any] = {"text": "Oui."}


def participation_in(agent: Actor, citizen: Actor, consultation: str) -> dict[str, str]:
    """A budget with a project, and a comment on that open consultation."""
    comments = f"/v1/threads/consultation/{consultation}/comments"
    comment = expect(citizen.post(comments, COMMENT), 201).json()["id"]
    return budget_in(agent, citizen) | {"subject_id": consultation, "comment_id": comment}


# Who calls each operation, with which body and headers.
PARTICIPATION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    **POLL_CALLS,
    **BUDGET_CALLS,
    "writeComment": ("citizen", COMMENT, {}),
    "editComment": ("citizen", COMMENT, IF_MATCH),
    "withdrawComment": ("citizen", None, IF_MATCH),
}
PARTICIPATION_READS = [
    ("citizen", "/v1/collectivities/paris/polls/{poll_id}"),
    ("citizen", "/v1/collectivities/paris/budgets/{budget_id}/projects/{project_id}"),
    ("citizen", "/v1/collectivities/paris/threads/consultation/{subject_id}/comments"),
]
