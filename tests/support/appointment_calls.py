# SPDX-License-Identifier: EUPL-1.2
"""An agenda, an appointment and a place on a waiting list, and what somebody of another town tries with them."""

from typing import Any

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import expect

IF_MATCH = {"If-Match": '"1"'}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AGENDA: dict[str, Any] = {
    "resource": "counter",
    "name": {"fr": "Guichet", "en": "Counter"},
    "place": {"fr": "Mairie", "en": "Town hall"},
    "hours": [{"day": day, "opens": "09:00", "closes": "17:00"} for day in DAYS],
}
KIND: dict[str, Any] = {
    "name": {"fr": "Essai", "en": "Trial"},
    "instructions": {"fr": "Rien.", "en": "Nothing."},
    "duration_minutes": 30,
}
CLOSED = {
    "effect": "closed",
    "starts_at": "2036-01-07T08:00:00Z",
    "ends_at": "2036-01-07T09:00:00Z",
    "reason": "Essai",
}
LATER = "2027-01-05T09:00:00Z"
# Who calls each operation, with which body and headers.
APPOINTMENT_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    "openAgenda": ("agent", AGENDA, {}),
    "listAgendas": ("agent", None, {}),
    "readAgenda": ("agent", None, {}),
    "replaceAgenda": ("agent", AGENDA, IF_MATCH),
    "declareAgendaException": ("agent", CLOSED, {}),
    "listAgendaExceptions": ("agent", None, {}),
    "withdrawAgendaException": ("agent", None, IF_MATCH),
    "listAffectedAppointments": ("agent", None, {}),
    "makeAppointmentKind": ("agent", {**KIND, "code": "stolen", "agendas": ["{agenda_id}"]}, {}),
    "replaceAppointmentKind": ("agent", {**KIND, "agendas": ["{agenda_id}"]}, IF_MATCH),
    "bookAppointment": (
        "citizen agent",
        {"kind": "scoped", "starts_at": LATER, "agenda_id": "{agenda_id}", "request_id": "{request_id}"},
        {},
    ),
    "listAppointments": ("citizen agent", None, {}),
    "readAppointment": ("citizen agent", None, {}),
    "readAppointmentPerson": ("citizen agent", None, {}),
    "readAppointmentHistory": ("citizen agent", None, {}),
    "readAppointmentCalendar": ("citizen agent", None, {}),
    "moveAppointment": ("citizen agent", {"starts_at": LATER, "reason": "Non."}, IF_MATCH),
    "acceptOffer": ("citizen", {}, IF_MATCH),
    "declineOffer": ("citizen", {}, IF_MATCH),
    "readAgendaWaitingList": ("agent", None, {}),
    "joinWaitingList": ("citizen", {"kind": "scoped", "agenda_id": "{agenda_id}"}, {}),
    "listWaits": ("citizen", None, {}),
    "readWait": ("citizen", None, {}),
    "leaveWaitingList": ("citizen", None, IF_MATCH),
    "giveCalendarFeed": ("agent", {"agendas": ["{agenda_id}"]}, {}),
    "listCalendarFeeds": ("citizen agent", None, {}),
    "rotateCalendarFeed": ("citizen agent", {}, IF_MATCH),
    "takeBackCalendarFeed": ("citizen agent", None, IF_MATCH),
    "markAttendance": ("agent", {"attendance": "missed"}, IF_MATCH),
    "cancelAppointment": ("citizen agent", {"reason": "Non."}, IF_MATCH),
}
# These reach an object by no identifier.
APPOINTMENT_OWN = {"openAgenda", "listAgendas", "listAppointments", "listWaits", "listCalendarFeeds"}
# Who reads in their own town what was made there.
APPOINTMENT_READS = [
    ("agent", "/v1/agendas/{agenda_id}"),
    ("agent", "/v1/agendas/{agenda_id}/exceptions"),
    ("agent", "/v1/agendas/{agenda_id}/waiting-list"),
    ("citizen", "/v1/collectivities/paris/appointment-kinds"),
    ("citizen", "/v1/appointments/{appointment_id}"),
    ("citizen", "/v1/waiting-list/{wait_id}"),
    ("citizen", "/v1/calendar-feeds"),
]


def appointments_in(administrator: Actor, citizen: Actor) -> dict[str, str]:
    """An agenda, its exception, a kind of appointments, one of them that is booked, a place on its list, a calendar."""
    agenda = expect(administrator.post("/v1/agendas", AGENDA), 201).json()["id"]
    shut = expect(administrator.post(f"/v1/agendas/{agenda}/exceptions", CLOSED), 201).json()["id"]
    offered = {**KIND, "code": "scoped", "agendas": [agenda]}
    kind = expect(administrator.post("/v1/appointment-kinds", offered), 201).json()["id"]
    slots = expect(citizen.get("/v1/collectivities/paris/appointment-kinds/scoped/slots"), 200).json()["items"]
    # The last of the page: days ahead, whatever the hour.
    wish = {"kind": "scoped", "starts_at": slots[-1]["starts_at"]}
    booked = expect(citizen.post("/v1/appointments", wish), 201).json()["id"]
    hope = {"kind": "scoped", "agenda_id": agenda}
    wait = expect(citizen.post("/v1/waiting-list", hope), 201).json()["id"]
    feed = expect(citizen.post("/v1/calendar-feeds", {}), 201).json()["id"]
    made = {"agenda_id": agenda, "exception_id": shut, "kind_id": kind, "appointment_id": booked, "wait_id": wait}
    return {**made, "feed_id": feed}
