# SPDX-License-Identifier: EUPL-1.2
"""A client's assertion of who it is: what its claims must say (RFC 7523 section 3, FAPI 2.0 section 5.3.2.1)."""

from collections.abc import Mapping
from math import nan
from typing import Any, Final

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_LIFE_SECONDS: Final = 300
LEEWAY_SECONDS: Final = 10
_MAX_JTI: Final = 255


def problem(claims: Mapping[str, Any], *, client_id: str, issuer: str, now: float) -> str | None:
    """What is wrong with the claims, for the log alone; None where nothing is.

    The audience is our issuer as a string, nothing else: an assertion meant for another server, or for whoever
    pretends to be one of our endpoints, is of no use here.
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return "iss_or_sub"
    if claims.get("aud") != issuer:
        return "aud"
    if not now - LEEWAY_SECONDS < _time(claims.get("exp")) <= now + MAX_LIFE_SECONDS + LEEWAY_SECONDS:
        return "exp"
    for name in ("iat", "nbf"):
        if name in claims and not _time(claims[name]) <= now + LEEWAY_SECONDS:
            return name
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _MAX_JTI:
        return "jti"
    return None


def _time(value: object) -> float:
    # What is no number compares with nothing.
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else nan
