# SPDX-License-Identifier: EUPL-1.2
"""The only kind of producer that services have: what it has sent is on every replica in sync, once and in order."""

from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaProducer


def producer(brokers: Mapping[str, Any], **options: Any) -> AIOKafkaProducer:
    """One that is not started yet.

    Args:
        brokers: aiokafka's arguments that say where Kafka is and how it lets a client in.
        options: further ones.
    """
    return AIOKafkaProducer(**brokers, acks="all", enable_idempotence=True, **options)
