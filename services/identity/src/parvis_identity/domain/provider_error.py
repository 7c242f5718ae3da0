# SPDX-License-Identifier: EUPL-1.2
"""What an error of a provider means to the person whom it sends back, or whose code it does not take.

FranceConnect names its errors twice: by the value that OAuth registers (RFC 6749 section 4.1.2.1, OpenID Connect Core
section 3.1.2.6), and by a code of its own, Y and what follows, in the description or in the address of its help: that
one tells more. Source: the lists of errors in FranceConnect's published code and partner documentation, as of 2026.
"""

import re
from typing import Final

from parvis_identity.domain.errors import Refusal

CANCELLED: Final = "access_denied"
_CODE: Final = re.compile(r"(?<![0-9A-Za-z])Y\d{2}[0-9A-F]{4,5}(?![0-9A-Za-z])", re.ASCII)
_LONGEST: Final = 2_000

_ERRORS: Final[dict[str, Refusal]] = {
    **dict.fromkeys(
        (
            "invalid_request",
            "invalid_request_uri",
            "invalid_request_object",
            "request_not_supported",
            "request_uri_not_supported",
            "registration_not_supported",
            "unauthorized_client",
            "unsupported_response_type",
            "unsupported_grant_type",
            "invalid_scope",
            "invalid_client",
            "invalid_target",
            "insufficient_scope",
        ),
        Refusal.PROVIDER_MISCONFIGURED,
    ),
    "server_error": Refusal.PROVIDER_FAILED,
    "temporarily_unavailable": Refusal.PROVIDER_UNREACHABLE,
    # A code lives for 30 s, and its access token for 60 s: a slow network is enough.
    "invalid_grant": Refusal.EXPIRED,
    "invalid_token": Refusal.EXPIRED,
    **dict.fromkeys(
        ("login_required", "interaction_required", "consent_required", "account_selection_required"),
        Refusal.PROVIDER_SESSION_LOST,
    ),
    "unmet_authentication_requirements": Refusal.LEVEL_TOO_LOW,
}
_CODES: Final[dict[str, Refusal]] = {
    # A parameter, the claims, the hint, the client, its return address or its secret: all of them are our settings.
    **dict.fromkeys(
        (
            "Y030007",
            "Y030028",
            "Y030032",
            "Y100009",
            "Y100019",
            "Y04EA6EF",
            "Y04C013C",
            "Y04A8220",
            "Y0434A7B",
            "Y048017B",
            "Y04146A2",
        ),
        Refusal.PROVIDER_MISCONFIGURED,
    ),
    # The code: unknown or too old, or used before.
    **dict.fromkeys(("Y049E20B", "Y0416228"), Refusal.EXPIRED),
    # The national register of persons: not close enough, several, by the name in use only, nobody.
    **dict.fromkeys(("Y010004", "Y010006", "Y010007", "Y010008"), Refusal.CIVIL_STATUS_NOT_FOUND),
    **dict.fromkeys((f"Y0100{number:02}" for number in range(9, 14)), Refusal.PROVIDER_UNREACHABLE),
    "Y010015": Refusal.CIVIL_STATUS_CLOSED,
    # The account that the person chose there (taxes, health insurance …) gave a bad answer.
    **dict.fromkeys((f"Y0200{number}" for number in range(21, 31)), Refusal.PROVIDER_ACCOUNT_FAILED),
    **dict.fromkeys(("Y100001", "Y100002", "Y100018"), Refusal.LEVEL_TOO_LOW),
    "Y100011": Refusal.PROVIDER_ACCOUNT_BLOCKED,
    "Y180001": Refusal.PROVIDER_ACCESS_CLOSED,
    # Its session is lost, or the person moved through its pages in an unusual way.
    **dict.fromkeys((f"Y1900{number:02}" for number in range(1, 15)), Refusal.PROVIDER_SESSION_LOST),
    **dict.fromkeys(("Y420001", "Y420002", "Y520001"), Refusal.PROVIDER_SESSION_LOST),
}
KNOWN_ERRORS: Final = frozenset({*_ERRORS, CANCELLED})
"""The values that may be logged as they are; whatever else comes from a browser may say anything."""


def code_in(*texts: str | None) -> str | None:
    """FranceConnect's code in the description or the address that came with an error; None where neither has one."""
    found = (_CODE.search(text[:_LONGEST]) for text in texts if text)
    return next((match[0] for match in found if match), None)


def meaning(error: str | None, code: str | None = None) -> Refusal | None:
    """Why the person cannot go on; None where they stopped by themselves (``access_denied`` without another reason).

    Args:
        error: the registered value.
        code: FranceConnect's, which tells more; None for another provider's, whose numbers mean something else.
    """
    told = _CODES.get(code or "")
    if told or error == CANCELLED:
        return told
    return _ERRORS.get(error or "", Refusal.PROVIDER_FAILED)
