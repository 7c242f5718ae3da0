# SPDX-License-Identifier: EUPL-1.2
"""The only kind of producer that services have: what it has sent is on every replica in sync, once and in order."""

from collections.abc import Mapping
from typing import Any, Final

from aiokafka import AIOKafkaProducer

# A dead letter is its record with the reason beside it, and a record may be as large as Kafka's own default allows.
_LARGEST_REQUEST: Final = 2_097_152


def producer(brokers: Mapping[str, Any], **options: Any) -> AIOKafkaProducer:
    """One that is not started yet.

    Args:
        brokers: aiokafka's arguments that say where Kafka is and how it lets a client in.
        options: further ones.
    """
    return AIOKafkaProducer(
        **brokers, acks="all", enable_idempotence=True, max_request_size=_LARGEST_REQUEST, **options
    )
