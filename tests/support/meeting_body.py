# SPDX-License-Identifier: EUPL-1.2
"""A public meeting that somebody registered for, and what others may try with it."""

import json
from typing import Any

from process_body import IF_MATCH, TEXT

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

JSON = {"Content-Type": "application/json"}
MEETING = {
    "title": TEXT,
    "description": TEXT,
    "place": TEXT,
    "begins_at": "2036-12-10T17:30:00Z",
    "ends_at": "2036-12-10T19:30:00Z",
    "registration_opens_at": "2026-01-01T00:00:00Z",
    "registration_closes_at": "2036-12-10T12:00:00Z",
}
REGISTRATION = {"name": "Ada"}


def meeting_in(agent: Actor, citizen: Actor) -> dict[str, str]:
    """A meeting that was published, and that somebody registered for."""
    made = expect(agent.post("/v1/meetings", MEETING), 201).json()["id"]
    path = f"/v1/meetings/{made}"
    expect(agent.post(f"{path}/transitions", {"action": "publish"}, **IF_MATCH), 201)
    expect(citizen.call("PUT", f"{path}/registrations/mine", json.dumps(REGISTRATION).encode(), **JSON), 200)
    return {"meeting_id": made}


# Who calls each operation, with which body and headers.
MEETING_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "createMeeting": ("agent", MEETING, {}),
    "listOwnMeetings": ("agent", None, {}),
    "readOwnMeeting": ("agent", None, {}),
    "changeMeeting": ("agent", MEETING, IF_MATCH),
    "actOnMeeting": ("agent", {"action": "cancel"}, IF_MATCH),
    "listRegistrations": ("agent", None, {}),
    "noteMeetingAttendance": ("agent", {"attendances": []}, IF_MATCH),
    "reportOnMeeting": ("agent", {"text": TEXT}, IF_MATCH),
    "readRegistration": ("citizen", None, {}),
    "registerForMeeting": ("citizen", REGISTRATION, {}),
    "withdrawFromMeeting": ("citizen", None, {}),
}
