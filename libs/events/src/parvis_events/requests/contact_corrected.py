# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ContactCorrected, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCorrected:
    """An agent has corrected where somebody without an account is written to about their request.

    Nothing more goes to the former address.

    Attributes:
        correction_id: The correction; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        person: Opaque id of whoever filed the request.
        agent: Opaque id of the agent.
        receipt_due: Whether the receipt goes to the new address at once; otherwise that address is
            confirmed first, or there is none.
        sequence: Always 1: each correction is told once.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.contact-corrected.v1"
    TOPIC: ClassVar[str] = "parvis.requests.confirmation.v1"

    correction_id: UUID
    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    person: UUID
    agent: UUID
    receipt_due: bool
    occurred_at: datetime
    sequence: int
