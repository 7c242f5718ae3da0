# SPDX-License-Identifier: EUPL-1.2
"""What people are told about: which events, from which topics."""

from collections.abc import Mapping
from typing import Final

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging.consumer import Handler
from parvis_notifications.consumers import (
    account_merged,
    address_confirmed,
    agent_alerted,
    agent_mentioned,
    appeal_decided,
    appeal_lodged,
    appointment_booked,
    appointment_cancelled,
    appointment_moved,
    appointment_offered,
    confirmation_asked,
    contact_corrected,
    content_notice_told,
    followed_request_moved,
    guest_forgotten,
    mention_withdrawn,
    moderation_decided,
    participation_told,
    person_changed,
    person_erased,
    phone_code_asked,
    request_decided,
    request_replied,
    request_resolved,
    request_status_changed,
    request_submitted,
    request_taken,
    request_validity_set,
    satisfaction_asked,
)
from parvis_notifications.service.bundle_alerts import Windows

TOPICS: Final = (
    "parvis.requests.request.v1",
    "parvis.requests.appointment.v1",
    "parvis.requests.confirmation.v1",
    "parvis.requests.follow.v1",
    "parvis.participation.moderation.v1",
    "parvis.participation.petition.v1",
    "parvis.participation.signature.v1",
    "parvis.participation.news.v1",
    "parvis.participation.assembly.v1",
    "parvis.participation.meeting.v1",
    "parvis.requests.mention.v1",
    "parvis.identity.person.v1",
    "parvis.identity.phone-code.v1",
)
_AT_ONCE: Final = Windows()
_NOTING: Final = {
    module.TYPE: module.handle
    for module in (
        request_submitted,
        request_taken,
        request_replied,
        request_resolved,
        request_status_changed,
        request_decided,
        appeal_lodged,
        appeal_decided,
        satisfaction_asked,
        request_validity_set,
        appointment_offered,
        appointment_booked,
        appointment_moved,
        appointment_cancelled,
        confirmation_asked,
        address_confirmed,
        contact_corrected,
        followed_request_moved,
        mention_withdrawn,
        moderation_decided,
        person_changed,
        phone_code_asked,
    )
}


def handlers(persons: PersonKeys, gathered: Windows = _AT_ONCE) -> Mapping[str, Handler]:
    """What is done with each type of event; what agents are told is ``gathered`` that long, to be told together."""
    return {
        **_NOTING,
        **participation_told.HANDLERS,
        agent_alerted.TYPE: agent_alerted.handler(gathered),
        agent_mentioned.TYPE: agent_mentioned.handler(gathered),
        account_merged.TYPE: account_merged.handler(persons),
        content_notice_told.TYPE: content_notice_told.handler(persons),
        guest_forgotten.TYPE: guest_forgotten.handler(persons),
        person_erased.TYPE: person_erased.handler(persons),
    }
