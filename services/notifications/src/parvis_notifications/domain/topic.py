# SPDX-License-Identifier: EUPL-1.2
"""What messages are about, as people choose by it; and which of them the law has sent whatever was chosen."""

from enum import StrEnum
from typing import Final, Literal

from parvis_notifications.domain.message import Template


class Topic(StrEnum):
    """The subjects on which people choose how they are told."""

    REQUESTS = "requests"
    APPOINTMENTS = "appointments"
    PARTICIPATION = "participation"
    WORK = "work"


class Channel(StrEnum):
    """The ways that a message may take besides the inbox, which has every message."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    LETTER = "letter"
    VOICE = "voice"
    """A call that says the text."""
    CHAT = "chat"
    """A message in a room of a messenger."""


Written = Literal[Channel.EMAIL, Channel.SMS]
"""Those that lead to an address which somebody may write down; browsers subscribe themselves."""
ToMany = Literal[Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.CHAT]
"""Those by which a town tells many at once; letters would come too late."""
Sendable = Literal[Channel.EMAIL, Channel.SMS, Channel.LETTER, Channel.VOICE]
"""Those by which applications have messages sent."""
Tried = Literal[Channel.EMAIL, Channel.SMS, Channel.VOICE]
"""Those by which agents have a template sent to themselves."""

Alerting = Literal[Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.VOICE, Channel.CHAT]
"""Those by which alerts go."""


class LegalBasis(StrEnum):
    """The law that has a message sent."""

    ACKNOWLEDGEMENT = "crpa-l112-11"
    """Code des relations entre le public et l'administration, article L. 112-11: whatever is sent to an
    administration by electronic means is acknowledged."""
    ACKNOWLEDGEMENT_OF_APPEAL = "crpa-l411-3"
    """The same code, article L. 411-3: what article L. 112-3 says of requests holds for administrative appeals."""
    NOTICE = "dsa-16"
    """Regulation (EU) 2022/2065, article 16, paragraphs 4 and 5: a notice is acknowledged, and its decision told."""
    STATEMENT_OF_REASONS = "dsa-17"
    """Regulation (EU) 2022/2065, article 17: whose words are removed is told why."""
    DECISION_ON_COMPLAINT = "dsa-20"
    """Regulation (EU) 2022/2065, article 20, paragraph 5: who contests a decision is told what became of it."""


TOPICS: Final = {
    Template.REQUEST_SUBMITTED: Topic.REQUESTS,
    Template.REQUEST_TAKEN: Topic.REQUESTS,
    Template.REQUEST_REPLIED: Topic.REQUESTS,
    Template.REQUEST_MOVED: Topic.REQUESTS,
    Template.REQUEST_RESOLVED: Topic.REQUESTS,
    Template.REQUEST_DEEMED_ACCEPTED: Topic.REQUESTS,
    Template.REQUEST_DEEMED_REJECTED: Topic.REQUESTS,
    Template.SATISFACTION_ASKED: Topic.REQUESTS,
    Template.VALIDITY_REMINDER: Topic.REQUESTS,
    Template.APPEAL_LODGED: Topic.REQUESTS,
    Template.APPEAL_DECIDED: Topic.REQUESTS,
    Template.ADDRESS_TO_CONFIRM: Topic.REQUESTS,
    Template.PHONE_TO_CONFIRM: Topic.REQUESTS,
    Template.CHAT_TO_CONFIRM: Topic.REQUESTS,
    Template.APPOINTMENT_BOOKED: Topic.APPOINTMENTS,
    Template.APPOINTMENT_OFFERED: Topic.APPOINTMENTS,
    Template.APPOINTMENT_MOVED: Topic.APPOINTMENTS,
    Template.APPOINTMENT_CANCELLED: Topic.APPOINTMENTS,
    Template.APPOINTMENT_REMINDER: Topic.APPOINTMENTS,
    Template.OWN_ENTRY_MADE: Topic.REQUESTS,
    Template.OWN_ENTRY_LINKED: Topic.REQUESTS,
    Template.OWN_ENTRY_REFUSED: Topic.REQUESTS,
    Template.CONTRIBUTION_REMOVED: Topic.PARTICIPATION,
    Template.CONTRIBUTION_RESTORED: Topic.PARTICIPATION,
    Template.NOTICE_RECEIVED: Topic.PARTICIPATION,
    Template.NOTICE_KEPT: Topic.PARTICIPATION,
    Template.NOTICE_REMOVED: Topic.PARTICIPATION,
    Template.NOTICE_KEPT_FOR_GOOD: Topic.PARTICIPATION,
    Template.NOTICE_REMOVED_FOR_GOOD: Topic.PARTICIPATION,
    Template.PETITION_ADMITTED: Topic.PARTICIPATION,
    Template.PETITION_REFUSED: Topic.PARTICIPATION,
    Template.PETITION_THRESHOLD_REACHED: Topic.PARTICIPATION,
    Template.PETITION_ANSWERED: Topic.PARTICIPATION,
    Template.PROCESS_NEWS: Topic.PARTICIPATION,
    Template.PROCESS_CLOSING: Topic.PARTICIPATION,
    Template.PROPOSAL_MILESTONE: Topic.PARTICIPATION,
    Template.PROPOSAL_DISCUSSED: Topic.PARTICIPATION,
    Template.PROJECT_DISCUSSED: Topic.PARTICIPATION,
    Template.CONSULTATION_DISCUSSED: Topic.PARTICIPATION,
    Template.AMENDMENT_OFFERED: Topic.PARTICIPATION,
    Template.AMENDMENT_ACCEPTED: Topic.PARTICIPATION,
    Template.AMENDMENT_REJECTED: Topic.PARTICIPATION,
    Template.AMENDMENT_CONFLICTING: Topic.PARTICIPATION,
    Template.AMENDMENT_LAPSED: Topic.PARTICIPATION,
    Template.PETITION_REMOVED_BY_LAW: Topic.PARTICIPATION,
    Template.PETITION_REMOVED_BY_RULES: Topic.PARTICIPATION,
    Template.PETITION_RESTORED: Topic.PARTICIPATION,
    Template.PETITION_WITHDRAWN: Topic.PARTICIPATION,
    Template.ASSEMBLY_NEWS: Topic.PARTICIPATION,
    Template.MANDATE_BEGUN: Topic.PARTICIPATION,
    Template.MANDATE_ENDED: Topic.PARTICIPATION,
    Template.SESSION_CONVENED: Topic.PARTICIPATION,
    Template.SESSION_CANCELLED: Topic.PARTICIPATION,
    Template.MEETING_PLACE_FOUND: Topic.PARTICIPATION,
    Template.MEETING_CHANGED: Topic.PARTICIPATION,
    Template.MEETING_CANCELLED: Topic.PARTICIPATION,
    Template.MEETING_REMINDER: Topic.PARTICIPATION,
    Template.MEETING_TO_CONFIRM: Topic.PARTICIPATION,
    Template.AGENT_MENTIONED: Topic.WORK,
    Template.AGENT_REQUEST_SUPPLEMENTED: Topic.WORK,
    Template.AGENT_REQUEST_DUE_SOON: Topic.WORK,
    Template.AGENT_REQUEST_MERGED: Topic.WORK,
    Template.AGENT_REQUEST_PARTED: Topic.WORK,
    Template.AGENT_APPEALED: Topic.WORK,
    Template.AGENT_DOCUMENTS_MISSED: Topic.WORK,
    Template.AGENT_APPEAL_DUE_SOON: Topic.WORK,
    Template.AGENT_APPEAL_DECIDED: Topic.WORK,
    Template.AGENT_AUTHOR_ERASED: Topic.WORK,
    Template.AGENT_WORK_DUE: Topic.WORK,
    Template.AGENT_WORK_NEWS: Topic.WORK,
    Template.TEMPLATE_TRIED: Topic.WORK,
    Template.FOLLOWED_REQUEST_MOVED: Topic.REQUESTS,
    Template.FOLLOWED_REQUEST_MERGED: Topic.REQUESTS,
    Template.FOLLOWED_REQUEST_PARTED: Topic.REQUESTS,
    Template.SUBSCRIPTION_TO_CONFIRM: Topic.REQUESTS,
    Template.SUBSCRIPTION_CODE: Topic.REQUESTS,
}
THREADS: Final = {
    Template.PROPOSAL_DISCUSSED: "proposal",
    Template.PROJECT_DISCUSSED: "project",
    Template.CONSULTATION_DISCUSSED: "consultation",
}
"""Whose discussion a message is about."""
KINDS: Final = {
    Template.PETITION_ADMITTED: "petitions",
    Template.PETITION_THRESHOLD_REACHED: "petitions",
    Template.PETITION_ANSWERED: "petitions",
    Template.PROCESS_NEWS: "processes",
    Template.PROCESS_CLOSING: "processes",
    Template.PROPOSAL_MILESTONE: "proposals",
    Template.AMENDMENT_OFFERED: "amendments",
    Template.AMENDMENT_ACCEPTED: "amendments",
    Template.AMENDMENT_REJECTED: "amendments",
    Template.AMENDMENT_CONFLICTING: "amendments",
    Template.AMENDMENT_LAPSED: "amendments",
    Template.PETITION_REMOVED_BY_LAW: "petitions",
    Template.PETITION_REMOVED_BY_RULES: "petitions",
    Template.PETITION_RESTORED: "petitions",
    Template.PETITION_WITHDRAWN: "petitions",
    Template.ASSEMBLY_NEWS: "assemblies",
    Template.MANDATE_BEGUN: "assemblies",
    Template.MANDATE_ENDED: "assemblies",
    Template.SESSION_CONVENED: "assemblies",
    Template.SESSION_CANCELLED: "assemblies",
    Template.MEETING_PLACE_FOUND: "meetings",
    Template.MEETING_CHANGED: "meetings",
    Template.MEETING_CANCELLED: "meetings",
    Template.MEETING_REMINDER: "meetings",
    Template.MEETING_TO_CONFIRM: "meetings",
}
"""Which kind of page of the town's participation a message leads to."""
OWN_ENTRY: Final = frozenset({Template.OWN_ENTRY_MADE, Template.OWN_ENTRY_LINKED, Template.OWN_ENTRY_REFUSED})
"""What an agent has settled of somebody's own entry in the register: who is in it is told by no event (decision 82)."""
BULK: Final = frozenset(
    {
        Template.PETITION_ANSWERED,
        Template.PROCESS_NEWS,
        Template.PROPOSAL_MILESTONE,
        Template.PROPOSAL_DISCUSSED,
        Template.PROJECT_DISCUSSED,
        Template.CONSULTATION_DISCUSSED,
        Template.AMENDMENT_LAPSED,
        Template.PETITION_REMOVED_BY_LAW,
        Template.PETITION_REMOVED_BY_RULES,
        Template.PETITION_RESTORED,
        Template.PETITION_WITHDRAWN,
        Template.ASSEMBLY_NEWS,
        Template.MEETING_CHANGED,
        Template.MEETING_CANCELLED,
        Template.MEETING_REMINDER,
    }
)
"""What one act of the town tells to many at once: it waits while anything else is due."""
OF_REQUESTS: Final = frozenset(
    {
        Template.REQUEST_SUBMITTED,
        Template.REQUEST_TAKEN,
        Template.REQUEST_REPLIED,
        Template.REQUEST_MOVED,
        Template.REQUEST_RESOLVED,
        Template.REQUEST_DEEMED_ACCEPTED,
        Template.REQUEST_DEEMED_REJECTED,
        Template.SATISFACTION_ASKED,
        Template.VALIDITY_REMINDER,
        Template.APPEAL_LODGED,
        Template.APPEAL_DECIDED,
    }
)
"""What somebody is told about a request of their own; whoever follows one is nobody whom its agents know."""
OF_THEIR_OWN: Final = OF_REQUESTS | {template for template, topic in TOPICS.items() if topic is Topic.APPOINTMENTS}
"""What somebody is told about a request or an appointment of their own, which leads to its page if they can open it."""
WORK: Final = frozenset(template for template, topic in TOPICS.items() if topic is Topic.WORK)
"""What is told to agents as such: it is in the inbox that an agent's token opens, and in no other."""
LEGAL: Final = {
    Template.REQUEST_SUBMITTED: LegalBasis.ACKNOWLEDGEMENT,
    Template.APPEAL_LODGED: LegalBasis.ACKNOWLEDGEMENT_OF_APPEAL,
    Template.CONTRIBUTION_REMOVED: LegalBasis.STATEMENT_OF_REASONS,
    Template.CONTRIBUTION_RESTORED: LegalBasis.DECISION_ON_COMPLAINT,
    Template.NOTICE_RECEIVED: LegalBasis.NOTICE,
    Template.NOTICE_KEPT: LegalBasis.NOTICE,
    Template.NOTICE_REMOVED: LegalBasis.NOTICE,
    Template.NOTICE_KEPT_FOR_GOOD: LegalBasis.NOTICE,
    Template.NOTICE_REMOVED_FOR_GOOD: LegalBasis.NOTICE,
}
POSTABLE: Final = frozenset(LEGAL) | {
    Template.REQUEST_RESOLVED,
    Template.REQUEST_DEEMED_ACCEPTED,
    Template.REQUEST_DEEMED_REJECTED,
    Template.APPEAL_DECIDED,
}
"""What people may have by letter: what the law has sent, and what was decided. Each letter costs the town, and days."""


ASKED_FOR: Final = frozenset(
    {
        Template.ADDRESS_TO_CONFIRM,
        Template.MEETING_TO_CONFIRM,
        Template.PHONE_TO_CONFIRM,
        Template.CHAT_TO_CONFIRM,
        Template.SUBSCRIPTION_TO_CONFIRM,
        Template.SUBSCRIPTION_CODE,
    }
)
"""What somebody has sent to show that an address or a number is theirs."""


def outward(occasion: str) -> str:
    """Its code in logs, traces and records: what is of the register bears that of any other request that has ended."""
    return Template.REQUEST_RESOLVED if occasion in OWN_ENTRY else occasion


def optional(occasion: Template) -> bool:
    """Whether people may have no more such messages by a channel.

    What the law has sent comes all the same, and so does what somebody asks for each time that it comes.
    """
    return occasion not in LEGAL and occasion not in ASKED_FOR
