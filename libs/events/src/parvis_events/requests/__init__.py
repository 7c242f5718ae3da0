# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""What requests tells."""

from parvis_events.requests.address_confirmed import AddressConfirmed
from parvis_events.requests.agent_alerted import AgentAlerted
from parvis_events.requests.agent_mentioned import AgentMentioned
from parvis_events.requests.appeal_decided import AppealDecided
from parvis_events.requests.appeal_lodged import AppealLodged
from parvis_events.requests.appointment_accessed import AppointmentAccessed
from parvis_events.requests.appointment_booked import AppointmentBooked
from parvis_events.requests.appointment_cancelled import AppointmentCancelled
from parvis_events.requests.appointment_moved import AppointmentMoved
from parvis_events.requests.appointment_offered import AppointmentOffered
from parvis_events.requests.area_changed import AreaChanged
from parvis_events.requests.confirmation_asked import ConfirmationAsked
from parvis_events.requests.contact_corrected import ContactCorrected
from parvis_events.requests.data_accessed import DataAccessed
from parvis_events.requests.followed_request_moved import FollowedRequestMoved
from parvis_events.requests.mention_withdrawn import MentionWithdrawn
from parvis_events.requests.request_decided import RequestDecided
from parvis_events.requests.request_due_soon import RequestDueSoon
from parvis_events.requests.request_payment_concluded import RequestPaymentConcluded
from parvis_events.requests.request_purged import RequestPurged
from parvis_events.requests.request_replied import RequestReplied
from parvis_events.requests.request_resolved import RequestResolved
from parvis_events.requests.request_status_changed import RequestStatusChanged
from parvis_events.requests.request_submitted import RequestSubmitted
from parvis_events.requests.request_supplemented import RequestSupplemented
from parvis_events.requests.request_taken import RequestTaken
from parvis_events.requests.request_type_published import RequestTypePublished
from parvis_events.requests.request_type_retired import RequestTypeRetired
from parvis_events.requests.request_validity_set import RequestValiditySet
from parvis_events.requests.satisfaction_asked import SatisfactionAsked

__all__ = [
    "AddressConfirmed",
    "AgentAlerted",
    "AgentMentioned",
    "AppealDecided",
    "AppealLodged",
    "AppointmentAccessed",
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentMoved",
    "AppointmentOffered",
    "AreaChanged",
    "ConfirmationAsked",
    "ContactCorrected",
    "DataAccessed",
    "FollowedRequestMoved",
    "MentionWithdrawn",
    "RequestDecided",
    "RequestDueSoon",
    "RequestPaymentConcluded",
    "RequestPurged",
    "RequestReplied",
    "RequestResolved",
    "RequestStatusChanged",
    "RequestSubmitted",
    "RequestSupplemented",
    "RequestTaken",
    "RequestTypePublished",
    "RequestTypeRetired",
    "RequestValiditySet",
    "SatisfactionAsked",
]
