# SPDX-License-Identifier: EUPL-1.2
"""Identifiers for machines: UUIDv7."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A time-ordered identifier (RFC 9562 section 5.7): 48 bits of Unix milliseconds, 74 random bits."""
    value = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
