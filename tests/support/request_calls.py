# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries: at what the public sees of requests, at how long
they are kept, at the teams that handle them and at the areas in which they lie."""

from typing import Any

from forwarding_calls import body_in

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

# Who calls each operation, with which body and headers.
PUBLICATION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listWaitingPublications": ("agent", None, {}),
    "readPublication": ("citizen agent", None, {}),
    "decidePublication": ("citizen agent", {"text": "Non."}, {"If-Match": '"0"'}),
}
TEAM = {"name": {"fr": "Guichet", "en": "Counter"}, "members": []}
OUTLINE = [[[2.35, 48.85], [2.36, 48.85], [2.36, 48.86], [2.35, 48.86], [2.35, 48.85]]]
AREA = {"level": "area", "name": "Secteur", "geometry": {"type": "Polygon", "coordinates": OUTLINE}}
TEAM_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "assignRequest": ("citizen agent", {"assignee": None}, {"If-Match": '"1"'}),
    "prioritiseRequest": ("citizen agent", {"priority": "low"}, {"If-Match": '"1"'}),
    "makeTeam": ("agent", TEAM | {"code": "lutece-counter"}, {}),
    "listTeams": ("agent", None, {}),
    "readTeam": ("agent", None, {}),
    "replaceTeam": ("agent", TEAM, {"If-Match": '"1"'}),
    "dropTeam": ("agent", None, {"If-Match": '"1"'}),
    "readRouting": ("agent", None, {}),
    "replaceRouting": ("agent", {"rules": []}, {"If-Match": '"0"'}),
    "tryRouting": ("agent", {"request_type": "cartons"}, {}),
    "drawArea": ("agent", AREA | {"code": "lutece-area"}, {}),
    "listDrawnAreas": ("agent", None, {}),
    "readArea": ("agent", None, {}),
    "replaceArea": ("agent", AREA, {"If-Match": '"1"'}),
    "retireArea": ("agent", None, {"If-Match": '"1"'}),
}
RETENTION_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "listPurgeNotices": ("agent", None, {}),
    "listPurgedRequests": ("agent", None, {}),
    "exportArchive": ("agent", None, {}),
    "readLegalHold": ("agent", None, {}),
    "holdRequest": ("agent", {"reason": "Non."}, {"If-Match": '"1"'}),
    "releaseRequest": ("agent", None, {"If-Match": '"1"'}),
}


def desk_in(administrator: Actor) -> dict[str, str]:
    """What only Paris has: a team, an area drawn where none of its others lies, and a body that handles requests."""
    team = expect(administrator.post("/v1/teams", TEAM | {"code": "paris-counter"}), 201).json()["code"]
    aside = [[[longitude + 20, latitude] for longitude, latitude in OUTLINE[0]]]
    body = AREA | {"code": "paris-area", "geometry": {"type": "Polygon", "coordinates": aside}}
    area = expect(administrator.post("/v1/areas", body), 201).json()["code"]
    return {"team_code": team, "area_code": area, "body_id": body_in(administrator)}
