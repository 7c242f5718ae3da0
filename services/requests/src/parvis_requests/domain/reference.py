# SPDX-License-Identifier: EUPL-1.2
"""References of requests: short enough to be read over the phone."""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONFUSED: Final = str.maketrans("OILoil", "011011")


def new_reference(prefix: str, year: int) -> str:
    """A reference that a person can read over the phone, such as ``R-2026-7KQ4-XM9``.

    Six random Crockford base-32 characters (about a thousand million values a year) and a check character that
    catches any single wrong character and any swap of two neighbours.
    """
    body = "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(6))
    return f"{prefix}-{year}-{body[:4]}-{body[4:]}{_check(body)}"


def normal_reference(text: str) -> str | None:
    """The reference as written by :func:`new_reference`, or None where the text cannot be one.

    Case, spaces and the letters that Crockford folds (O to 0, I and L to 1) are forgiven in the random part.
    """
    parts = text.strip().upper().split("-")
    if len(parts) != 4:  # noqa: PLR2004 - prefix, year and two groups
        return None
    prefix, year, head, tail = parts
    body = (head + tail).translate(_CONFUSED)
    if len(body) != 7 or not set(body) <= set(_ALPHABET) or _check(body[:6]) != body[6]:  # noqa: PLR2004
        return None
    return f"{prefix}-{year}-{body[:4]}-{body[4:]}"


def _check(body: str) -> str:
    # Horner's rule over GF(32), polynomial x^5 + x^2 + 1: each place weighs a different non-zero power of x.
    total = 0
    for char in body:
        total = (total ^ _ALPHABET.index(char)) << 1
        if total & 0b100000:
            total ^= 0b100101
    return _ALPHABET[total]
