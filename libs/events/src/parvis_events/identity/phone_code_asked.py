# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""PhoneCodeAsked, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCodeAsked:
    """Somebody has a code sent to the number of their account by text message; whoever sends it asks identity for both.

    Attributes:
        code_id: The code's id; also the Kafka key and the CloudEvents subject.
        person: Opaque id of whose account it is.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.phone-code-asked.v1"
    TOPIC: ClassVar[str] = "parvis.identity.phone-code.v1"

    code_id: UUID
    person: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
