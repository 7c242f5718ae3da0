# SPDX-License-Identifier: EUPL-1.2
"""The only kind of producer that services have: what it has sent is on every replica in sync, once and in order."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

_KEYS_KNOWN: Final = 8_192


def producer(brokers: Mapping[str, Any], **options: Any) -> AIOKafkaProducer:
    """One that is not started yet.

    Args:
        brokers: aiokafka's arguments that say where Kafka is and how it lets a client in.
        options: further ones.
    """
    sending = {"acks": "all", "enable_idempotence": True}
    return AIOKafkaProducer(**brokers, **sending, partitioner=partition_of, **options)


def partition_of(key: bytes, partitions: Sequence[int], _available: Sequence[int]) -> int:
    """The partition of a key, as Kafka's own clients choose it; all that we send has one."""
    return partitions[_hash_of(key) % len(partitions)]


@lru_cache(_KEYS_KNOWN)
def _hash_of(key: bytes) -> int:
    # In Python it takes as long as all else that is done to send a record; events of one key often come together.
    hashed: int = murmur2(key) & 0x7FFFFFFF
    return hashed
