# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ConfirmationAsked, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationAsked:
    """Somebody without an account has left an address that they are to confirm.

    A mail with a link goes there.

    Attributes:
        confirmation_id: The confirmation; also the Kafka key and the CloudEvents subject.
        person: Opaque id of whoever left the address.
        sequence: Counts the mails that were asked for.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.confirmation-asked.v1"
    TOPIC: ClassVar[str] = "parvis.requests.confirmation.v1"

    confirmation_id: UUID
    collectivity: str
    person: UUID
    occurred_at: datetime
    sequence: int
