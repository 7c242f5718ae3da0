# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""RequestTypePublished, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTypePublished:
    """A version of a request type is on offer.

    From now on requests are filed with it.

    Attributes:
        request_type_id: Also the Kafka key and the CloudEvents subject.
        request_type: Code of the request type, as events of requests bear it.
        request_group: Code of the group that it is shown in.
        version: Number of the version on offer, or that was last; requests keep the one that they were
            filed with.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-type-published.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request-type.v1"

    request_type_id: UUID
    request_type: str
    request_group: str
    version: int
    collectivity: str
    occurred_at: datetime
    sequence: int
