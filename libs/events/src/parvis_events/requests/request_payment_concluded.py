# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""RequestPaymentConcluded, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPaymentConcluded:
    """It is known what became of a payment that the author of a request had begun.

    Attributes:
        request_id: The request; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        team: Code of the team that handles it.
        area: Code of the area that holds its position.
        author: Opaque id of the person who asked.
        payment_id: The payment.
        fee: Code of the sum that the request costs.
        outcome: What became of it; what was abandoned may still be told as paid.
        amount_cents: In cents of a euro.
        mode: In a test no money has moved.
        sequence: Grows with each act on the request; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.request-payment-concluded.v1"
    TOPIC: ClassVar[str] = "parvis.requests.request.v1"

    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    team: str
    area: str | None
    author: UUID
    payment_id: UUID
    fee: str
    outcome: Literal["paid", "refused", "cancelled", "abandoned"]
    amount_cents: int
    mode: Literal["test", "activation", "production"]
    occurred_at: datetime
    sequence: int
