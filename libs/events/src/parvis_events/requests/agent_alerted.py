# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AgentAlerted, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAlerted:
    """Something has come to a request that is for one agent to see.

    Attributes:
        alert_id: Also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        alert: What is to be seen: the person has added to it; its legal period ends soon; documents that
            were asked for did not come by their day; a colleague merged it into another request, so that it
            waits for the agent no longer; it goes its own way again and waits for them once more; what it
            was refused is contested, or that appeal was given to the agent; silence rejects the appeal
            soon; it has come to its end; its author has had their account erased while it is open.
        ends_at: When the period ends, where one does.
        agent: Opaque id of the agent who has the request, stands in for who has it, or is in its team where
            nobody has it.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.agent-alerted.v1"
    TOPIC: ClassVar[str] = "parvis.requests.mention.v1"

    alert_id: UUID
    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    alert: Literal[
        "supplemented",
        "due-soon",
        "documents-missed",
        "merged",
        "parted",
        "appealed",
        "appeal-due-soon",
        "appeal-decided",
        "author-erased",
    ]
    ends_at: datetime | None
    agent: UUID
    occurred_at: datetime
    sequence: int
