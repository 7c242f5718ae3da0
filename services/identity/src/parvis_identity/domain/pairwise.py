# SPDX-License-Identifier: EUPL-1.2
"""Pairwise subject identifiers (OpenID Connect Core section 8.1)."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import digest
from uuid import UUID


def pairwise_subject(key: bytes, sector: str, person: UUID) -> str:
    """The ``sub`` of a person for the clients of one sector: stable there, and unlinkable to other sectors."""
    message = f"{sector}\x00{person}".encode()
    return urlsafe_b64encode(digest(key, message, sha256)).rstrip(b"=").decode()
