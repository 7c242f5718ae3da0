# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries: at what the public sees of requests, at how long
they are kept, and at the teams that handle them."""

from typing import Any

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

# Who calls each operation, with which body and headers.
PUBLICATION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listWaitingPublications": ("agent", None, {}),
    "readPublication": ("citizen agent", None, {}),
    "decidePublication": ("citizen agent", {"text": "Non."}, {"If-Match": '"0"'}),
}
TEAM = {"name": {"fr": "Guichet", "en": "Counter"}, "members": []}
TEAM_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "assignRequest": ("citizen agent", {"assignee": None}, {"If-Match": '"1"'}),
    "prioritiseRequest": ("citizen agent", {"priority": "low"}, {"If-Match": '"1"'}),
    "makeTeam": ("agent", TEAM | {"code": "lutece-counter"}, {}),
    "listTeams": ("agent", None, {}),
    "readTeam": ("agent", None, {}),
    "replaceTeam": ("agent", TEAM, {"If-Match": '"1"'}),
    "dropTeam": ("agent", None, {"If-Match": '"1"'}),
}
RETENTION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listPurgeNotices": ("agent", None, {}),
    "listPurgedRequests": ("agent", None, {}),
    "readLegalHold": ("agent", None, {}),
    "holdRequest": ("agent", {"reason": "Non."}, {"If-Match": '"1"'}),
    "releaseRequest": ("agent", None, {"If-Match": '"1"'}),
}


def team_in(administrator: Actor) -> str:
    """A team that only Paris has."""
    made: str = expect(administrator.post("/v1/teams", TEAM | {"code": "paris-counter"}), 201).json()["code"]
    return made
