# SPDX-License-Identifier: EUPL-1.2
"""An assembly with a member, a session, minutes and lots, and what others may try with it."""

import json
from typing import Any

from process_body import IF_MATCH, TEXT

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

JSON = {"Content-Type": "application/json"}
ASSEMBLY = {"name": TEXT, "description": TEXT}
MEMBER = {"name": "Ada", "listed": True, "begins_on": "2026-07-01", "ends_on": "2029-06-30"}
SESSION = {
    "title": TEXT,
    "place": TEXT,
    "agenda": [{"title": TEXT}],
    "begins_at": "2036-12-10T17:30:00Z",
    "ends_at": "2036-12-10T19:30:00Z",
}
SEED = {"seed_source": TEXT, "seed_format": {"numbers": 1, "digits": 1}}
DRAW = {"seats": 1, "begins_on": "2027-01-01", "ends_on": "2029-12-31"} | SEED
VOLUNTEER = {"name": "Ada", "listed": True}


def assembly_in(agent: Actor, citizen: Actor) -> dict[str, str]:
    """An assembly that was published, with a member, a session that is prepared, and lots that are not drawn."""
    made = expect(agent.post("/v1/assemblies", ASSEMBLY), 201).json()["id"]
    path = f"/v1/assemblies/{made}"
    expect(agent.post(f"{path}/transitions", {"action": "publish"}, **IF_MATCH), 201)
    member = expect(agent.post(f"{path}/members", MEMBER), 201).json()["id"]
    session = expect(agent.post(f"{path}/sessions", SESSION), 201).json()["id"]
    expect(citizen.call("PUT", f"{path}/volunteers/mine", json.dumps(VOLUNTEER).encode(), **JSON), 200)
    draw = expect(agent.post(f"{path}/draws", DRAW), 201).json()["id"]
    ids = {"assembly_id": made, "mandate_id": member, "assembly_session_id": session}
    return ids | {"draw_id": draw}


# Who calls each operation, with which body and headers.
ASSEMBLY_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "createAssembly": ("agent", ASSEMBLY, {}),
    "listOwnAssemblies": ("agent", None, {}),
    "readOwnAssembly": ("agent", None, {}),
    "changeAssembly": ("agent", ASSEMBLY, IF_MATCH),
    "actOnAssembly": ("agent", {"action": "publish"}, IF_MATCH),
    "addAssemblyMember": ("agent", MEMBER, {}),
    "listOwnAssemblyMembers": ("agent", None, {}),
    "endMandate": ("agent", {"ends_on": "2027-06-30", "reason": "moved"}, {}),
    "createAssemblySession": ("agent", SESSION, {}),
    "readOwnAssemblySession": ("agent", None, {}),
    "changeAssemblySession": ("agent", SESSION, IF_MATCH),
    "actOnAssemblySession": ("agent", {"action": "convene"}, IF_MATCH),
    "noteAssemblyAttendance": ("agent", {"attendances": []}, IF_MATCH),
    "writeMinutes": ("agent", {"text": "Oui."}, {}),
    "readMinutes": ("agent", None, {}),
    "actOnMinutes": ("agent", {"action": "approve"}, {}),
    "freezeAssemblyDraw": ("agent", DRAW, {}),
    "drawAssemblyLots": ("agent", {"seed": "7"}, {}),
    "voidAssemblyDraw": ("agent", {"reason": TEXT}, {}),
    "sendAssemblyDocument": ("agent", None, {"Idempotency-Key": "lutece-sendAssemblyDocument"}),
    "replaceAssemblyDocument": ("agent", None, IF_MATCH | {"Idempotency-Key": "lutece-replaceAssemblyDocument"}),
    "withdrawAssemblyDocument": ("agent", None, IF_MATCH),
    "listOwnAssemblyDocuments": ("agent", None, {}),
    "readOwnAssemblyDocument": ("agent", None, {}),
    "readOwnMandates": ("citizen", None, {}),
    "changeOwnListing": ("citizen", {"listed": False}, {}),
    "noteMemberListing": ("agent", {"listed": False}, {}),
    "readVolunteering": ("citizen", None, {}),
    "volunteer": ("citizen", VOLUNTEER, {}),
    "volunteerNoMore": ("citizen", None, {}),
    "readAssemblyFollow": ("citizen", None, {}),
    "followAssembly": ("citizen", None, {}),
    "followAssemblyNoMore": ("citizen", None, {}),
}
