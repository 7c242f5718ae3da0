# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AddressConfirmed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressConfirmed:
    """Somebody without an account has confirmed the address that they left with a request.

    What could not be sent before is due.

    Attributes:
        confirmation_id: The confirmation; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        person: Opaque id of whoever filed the request.
        sequence: Comes after the mails that were asked for.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.address-confirmed.v1"
    TOPIC: ClassVar[str] = "parvis.requests.confirmation.v1"

    confirmation_id: UUID
    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    person: UUID
    occurred_at: datetime
    sequence: int
