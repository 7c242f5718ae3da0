# SPDX-License-Identifier: EUPL-1.2
"""Proof key for code exchange, method S256 only (RFC 7636; RFC 9700 section 2.1.1)."""

import re
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest
from typing import Final

METHOD: Final = "S256"
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def is_challenge(text: str) -> bool:
    """True for what can be the base64url of a SHA-256."""
    return _CHALLENGE.fullmatch(text) is not None


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def proves(verifier: str, challenge: str) -> bool:
    """True when the verifier is well formed and is the one that the challenge was made from."""
    return _VERIFIER.fullmatch(verifier) is not None and compare_digest(challenge_of(verifier), challenge)


def new_verifier() -> str:
    """A fresh verifier of 256 random bits."""
    return secrets.token_urlsafe(32)
