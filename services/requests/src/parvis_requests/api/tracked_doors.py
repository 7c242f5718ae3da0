# SPDX-License-Identifier: EUPL-1.2
"""Which operations of people with an account stand behind the tracking token, too, and at which paths."""

from typing import Final

from parvis_kit.web.operation import router
from parvis_requests.api import (
    acts,
    afterwards,
    appeals,
    appointment_calendar,
    appointment_kinds,
    appointments,
    attachments,
    attestations,
    completion,
    legal,
    requests,
    transfers,
    waiting_list,
)
from parvis_requests.api.tracked import TrackedRoute, behind_token, operations

# By the id of the operation that is opened: its path, its own id, and what it does here.
_DOORS: Final = {
    "readRequest": ("", "readTrackedRequest", "The request that the token follows."),
    "readHistory": ("/history", "readTrackedHistory", "The acts on it that its author may know, the oldest first."),
    "readReceipt": ("/receipt", "readTrackedReceipt", "The electronic acknowledgement that the law wants."),
    "readAttestation": (
        "/attestation",
        "readTrackedAttestation",
        "The attestation that the administration's silence has granted it.",
    ),
    "readAttestationDocument": (
        "/attestation/document",
        "readTrackedAttestationDocument",
        "The same as a PDF that can be archived and read aloud (PDF/A-3a, PDF/UA-1); it names the person.",
    ),
    "listMessages": ("/messages", "listTrackedMessages", "The conversation, newest first."),
    "writeMessage": ("/messages", "writeTrackedMessage", "Write to the agents."),
    "actOnRequest": (
        "/transitions",
        "actOnTrackedRequest",
        "Do what its workflow lets its author do, such as withdraw it.",
    ),
    "uploadAttachment": (
        "/attachments",
        "uploadTrackedAttachment",
        "Send a file, for a message or as a document of the request.",
    ),
    "readAttachment": ("/attachments/{attachment_id}", "readTrackedAttachment", "A file of the request."),
    "giveDocuments": (
        "/documents",
        "giveTrackedDocuments",
        "Join documents to it, and say with `action` that it is complete.",
    ),
    "rateRequest": ("/satisfaction", "rateTrackedRequest", "Say, once, how one was served, after the end."),
    "readSatisfaction": ("/satisfaction", "readTrackedSatisfaction", "What one said."),
    "reopenRequest": (
        "/reopening",
        "reopenTrackedRequest",
        "Open it again where it is not over, for as long after its end as its type allows.",
    ),
    "contestRequest": ("/appeals", "contestTrackedRequest", "Contest what it was refused."),
    "listAppeals": ("/appeals", "listTrackedAppeals", "All appeals of it, and until when the court is open."),
    "withdrawAppeal": ("/appeals/{appeal_id}/withdrawal", "withdrawTrackedAppeal", "Take an appeal back."),
    "readTransfer": (
        "/transfer",
        "readTrackedTransfer",
        "Where it went, or whence it came; 404 where neither.",
    ),
    "listSlots": (
        "/appointment-kinds/{code}/slots",
        "listTrackedSlots",
        "The slots that are free when this is asked; one may be taken before it is booked.",
    ),
    "listAppointments": (
        "/appointments",
        "listTrackedAppointments",
        "Those about it, in the order in which they begin.",
    ),
    "readAppointment": ("/appointments/{appointment_id}", "readTrackedAppointment", "One of them."),
    "readAppointmentHistory": (
        "/appointments/{appointment_id}/history",
        "readTrackedAppointmentHistory",
        "What was done to it, and whether by an agent.",
    ),
    "readAppointmentCalendar": (
        "/appointments/{appointment_id}/calendar",
        "readTrackedAppointmentCalendar",
        "It as a calendar file.",
    ),
    "moveAppointment": (
        "/appointments/{appointment_id}/move",
        "moveTrackedAppointment",
        "Give it another time, until `changes_end_at`.",
    ),
    "cancelAppointment": (
        "/appointments/{appointment_id}/cancellation",
        "cancelTrackedAppointment",
        "Give its time back, until `changes_end_at`.",
    ),
    "acceptOffer": (
        "/appointments/{appointment_id}/acceptance",
        "acceptTrackedOffer",
        "Take the slot that is offered; the wait for one is over.",
    ),
    "declineOffer": (
        "/appointments/{appointment_id}/refusal",
        "declineTrackedOffer",
        "Leave the slot that is offered to the next, and keep one's place for others.",
    ),
    "listWaits": ("/waiting-list", "listTrackedWaits", "The places on waiting lists, and what is offered there."),
    "readWait": ("/waiting-list/{wait_id}", "readTrackedWait", "One of these places."),
    "leaveWaitingList": (
        "/waiting-list/{wait_id}",
        "leaveTrackedWaitingList",
        "Wait no more; what is offered there goes to the next.",
    ),
}
_ROOMS: Final = (
    requests.routes,
    legal.routes,
    attestations.routes,
    acts.routes,
    attachments.routes,
    completion.routes,
    afterwards.routes,
    appeals.routes,
    transfers.routes,
    appointment_kinds.routes,
    appointments.routes,
    appointment_calendar.routes,
    waiting_list.routes,
)

routes = router(tags=["tracked"], route_class=TrackedRoute)
_known = operations(*_ROOMS)
for _opened, (_path, _id, _summary) in _DOORS.items():
    behind_token(routes, _path, _known[_opened], _id, _summary)
