# SPDX-License-Identifier: EUPL-1.2
"""Random secrets handed out once and kept as hashes only: codes, refresh tokens, cookies, states."""

import secrets
from hashlib import sha256


def new_opaque() -> str:
    """256 random bits as 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def fingerprint(opaque: str) -> bytes:
    """What is stored of it: whoever reads the database cannot use it."""
    return sha256(opaque.encode()).digest()
