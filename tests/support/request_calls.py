# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries: at what the public sees of requests, at how long they are kept, at what they
cost, at the teams that handle them, at the areas in which they lie and at what is brought against a refusal."""

from typing import Any

from certified_calls import CERTIFIED_CALLS, CERTIFIED_READS, certified_in
from forwarding_calls import body_in
from payment_calls import PAYMENT_CALLS, PAYMENT_READS, payment_in

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
    **PAYMENT_CALLS,
    **CERTIFIED_CALLS,
    "assignRequest": ("citizen agent", {"assignee": None}, {"If-Match": '"1"'}),
    "prioritiseRequest": ("citizen agent", {"priority": "low"}, {"If-Match": '"1"'}),
    "setValidity": ("citizen agent", {"until_on": "2050-01-01"}, {"If-Match": '"1"'}),
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

APPEAL: dict[str, Any] = {"kind": "mediation", "text": "Ce refus est sans motif."}
APPEAL_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "contestRequest": ("citizen agent", APPEAL, {}),
    "listAppeals": ("citizen agent", None, {}),
    "readAppeal": ("citizen agent", None, {}),
    "assignAppeal": ("agent", {"team": "paris-counter", "assignee": None}, {"If-Match": '"1"'}),
    "decideAppeal": ("agent", {"outcome": "upheld", "reasons": "Non."}, {"If-Match": '"1"'}),
    "readSatisfactionFigures": ("agent", None, {}),
    "withdrawAppeal": ("citizen agent", {}, {"If-Match": '"1"'}),
}
REFUSED = {
    "request_type": "communication-documents-administratifs",
    "description": "Le budget de 2025",
    "answers": {"document": "Le budget de 2025", "form": "electronic"},
}
# Who reads in their own town what was made there.
DESK_READS = [
    ("agent", "/v1/teams/{team_code}"),
    ("agent", "/v1/areas/{area_code}"),
    ("agent", "/v1/open311-bodies/{body_id}"),
    ("citizen", "/v1/requests/{contested_id}"),
    ("citizen", "/v1/requests/{contested_id}/appeals/{appeal_id}"),
    *PAYMENT_READS,
    *CERTIFIED_READS,
]


def contested(path: str) -> str:
    """The path of an appeal, with the request that it is about."""
    return path.replace("{request_id}/appeals/", "{contested_id}/appeals/")


def appeal_in(agent: Actor, citizen: Actor) -> dict[str, str]:
    """What was refused, and is contested."""
    filed = expect(citizen.post("/v1/requests", REFUSED), 201).json()["id"]
    refusing = {"action": "refuse", "reason": "Ce document est préparatoire."}
    expect(agent.post(f"/v1/requests/{filed}/transitions", refusing, **{"If-Match": '"1"'}), 201)
    appeal = expect(citizen.post(f"/v1/requests/{filed}/appeals", APPEAL), 201).json()["id"]
    return {"contested_id": filed, "appeal_id": appeal}


def desk_in(administrator: Actor, agent: Actor, citizen: Actor) -> dict[str, str]:
    """What only Paris has: a team, an area where none of its others lies, a body that handles requests, an appeal, a
    payment, an answer that was certified."""
    team = expect(administrator.post("/v1/teams", TEAM | {"code": "paris-counter"}), 201).json()["code"]
    aside = [[[longitude + 20, latitude] for longitude, latitude in OUTLINE[0]]]
    body = AREA | {"code": "paris-area", "geometry": {"type": "Polygon", "coordinates": aside}}
    area = expect(administrator.post("/v1/areas", body), 201).json()["code"]
    made = {"team_code": team, "area_code": area, "body_id": body_in(administrator)}
    return made | appeal_in(agent, citizen) | payment_in(administrator, citizen) | certified_in(citizen)
