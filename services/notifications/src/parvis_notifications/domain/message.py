# SPDX-License-Identifier: EUPL-1.2
"""What a person is told, whatever the channel."""

from datetime import datetime
from enum import StrEnum
from typing import Final


class Template(StrEnum):
    """The occasions on which people are told something; each is a template in each language."""

    REQUEST_SUBMITTED = "request-submitted"
    REQUEST_TAKEN = "request-taken"
    REQUEST_REPLIED = "request-replied"
    REQUEST_MOVED = "request-moved"
    REQUEST_RESOLVED = "request-resolved"
    REQUEST_DEEMED_ACCEPTED = "request-deemed-accepted"
    REQUEST_DEEMED_REJECTED = "request-deemed-rejected"
    SATISFACTION_ASKED = "satisfaction-asked"
    VALIDITY_REMINDER = "validity-reminder"
    APPEAL_LODGED = "appeal-lodged"
    APPEAL_DECIDED = "appeal-decided"
    ADDRESS_TO_CONFIRM = "address-to-confirm"
    PHONE_TO_CONFIRM = "phone-to-confirm"
    CHAT_TO_CONFIRM = "chat-to-confirm"
    APPOINTMENT_OFFERED = "appointment-offered"
    APPOINTMENT_BOOKED = "appointment-booked"
    APPOINTMENT_MOVED = "appointment-moved"
    APPOINTMENT_CANCELLED = "appointment-cancelled"
    APPOINTMENT_REMINDER = "appointment-reminder"
    CONTRIBUTION_REMOVED = "contribution-removed"
    CONTRIBUTION_RESTORED = "contribution-restored"
    NOTICE_RECEIVED = "notice-received"
    NOTICE_KEPT = "notice-kept"
    NOTICE_REMOVED = "notice-removed"
    NOTICE_KEPT_FOR_GOOD = "notice-kept-for-good"
    NOTICE_REMOVED_FOR_GOOD = "notice-removed-for-good"
    PETITION_ADMITTED = "petition-admitted"
    PETITION_REFUSED = "petition-refused"
    PETITION_THRESHOLD_REACHED = "petition-threshold-reached"
    PETITION_ANSWERED = "petition-answered"
    PROCESS_NEWS = "process-news"
    PROCESS_CLOSING = "process-closing"
    PROPOSAL_MILESTONE = "proposal-milestone"
    PROPOSAL_DISCUSSED = "proposal-discussed"
    PROJECT_DISCUSSED = "project-discussed"
    CONSULTATION_DISCUSSED = "consultation-discussed"
    AMENDMENT_OFFERED = "amendment-offered"
    AMENDMENT_ACCEPTED = "amendment-accepted"
    AMENDMENT_REJECTED = "amendment-rejected"
    AMENDMENT_CONFLICTING = "amendment-conflicting"
    AMENDMENT_LAPSED = "amendment-lapsed"
    PETITION_REMOVED_BY_LAW = "petition-removed-by-law"
    PETITION_REMOVED_BY_RULES = "petition-removed-by-rules"
    PETITION_RESTORED = "petition-restored"
    PETITION_WITHDRAWN = "petition-withdrawn"
    # Of the register of people who may need help: see domain/topic.py on who may read these codes.
    OWN_ENTRY_MADE = "own-entry-made"
    OWN_ENTRY_LINKED = "own-entry-linked"
    OWN_ENTRY_REFUSED = "own-entry-refused"
    ASSEMBLY_NEWS = "assembly-news"
    MANDATE_BEGUN = "mandate-begun"
    MANDATE_ENDED = "mandate-ended"
    SESSION_CONVENED = "session-convened"
    SESSION_CANCELLED = "session-cancelled"
    MEETING_PLACE_FOUND = "meeting-place-found"
    MEETING_CHANGED = "meeting-changed"
    MEETING_CANCELLED = "meeting-cancelled"
    MEETING_REMINDER = "meeting-reminder"
    MEETING_TO_CONFIRM = "meeting-to-confirm"
    AGENT_MENTIONED = "agent-mentioned"
    AGENT_REQUEST_SUPPLEMENTED = "agent-request-supplemented"
    AGENT_REQUEST_DUE_SOON = "agent-request-due-soon"
    AGENT_DOCUMENTS_MISSED = "agent-documents-missed"
    AGENT_REQUEST_MERGED = "agent-request-merged"
    AGENT_REQUEST_PARTED = "agent-request-parted"
    AGENT_APPEALED = "agent-appealed"
    AGENT_APPEAL_DUE_SOON = "agent-appeal-due-soon"
    AGENT_APPEAL_DECIDED = "agent-appeal-decided"
    AGENT_AUTHOR_ERASED = "agent-author-erased"
    AGENT_WORK_DUE = "agent-work-due"
    AGENT_WORK_NEWS = "agent-work-news"
    TEMPLATE_TRIED = "agent-template-tried"
    FOLLOWED_REQUEST_MOVED = "followed-request-moved"
    FOLLOWED_REQUEST_MERGED = "followed-request-merged"
    FOLLOWED_REQUEST_PARTED = "followed-request-parted"
    SUBSCRIPTION_TO_CONFIRM = "subscription-to-confirm"
    SUBSCRIPTION_CODE = "subscription-code"


BUNDLES: Final = {
    Template.AGENT_REQUEST_DUE_SOON: Template.AGENT_WORK_DUE,
    Template.AGENT_APPEAL_DUE_SOON: Template.AGENT_WORK_DUE,
    Template.AGENT_DOCUMENTS_MISSED: Template.AGENT_WORK_DUE,
    Template.AGENT_MENTIONED: Template.AGENT_WORK_NEWS,
    Template.AGENT_REQUEST_SUPPLEMENTED: Template.AGENT_WORK_NEWS,
    Template.AGENT_REQUEST_MERGED: Template.AGENT_WORK_NEWS,
    Template.AGENT_REQUEST_PARTED: Template.AGENT_WORK_NEWS,
    Template.AGENT_AUTHOR_ERASED: Template.AGENT_WORK_NEWS,
}
"""What several of become one message to an agent, and which."""
BUNDLED: Final = frozenset(BUNDLES)


def told_together(template: str) -> frozenset[Template]:
    """The occasions of one bundle with that one; none where it is told by itself."""
    bundle = BUNDLES.get(Template(template))
    return frozenset(each for each, into in BUNDLES.items() if into is bundle and bundle is not None)


def reading_time(claimed: datetime, *, created_at: datetime, now: datetime) -> datetime:
    """When a message was read, as far as it can be: a phone's clock may be wrong, never before it was written."""
    return max(created_at, min(claimed, now))
