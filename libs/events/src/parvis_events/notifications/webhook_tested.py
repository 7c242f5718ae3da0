# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""WebhookTested, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTested:
    """A subscriber wanted to see whether events arrive.

    It says nothing, and goes to that subscription alone.

    Attributes:
        subscription: The subscription that is tried; also the CloudEvents subject.
    """

    TYPE: ClassVar[str] = "fr.parvis.notifications.webhook-tested.v1"
    TOPIC: ClassVar[str] = "{url}"

    subscription: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
