# SPDX-License-Identifier: EUPL-1.2
"""What our tokens are signed by.

Access tokens are signed by ES256, which our services and the gateway agree upon. An id_token is signed by what its
client has registered: by RS256 where it said nothing, which every client library takes without being told (OpenID
Connect Core 1.0 section 15.1, Registration 1.0 section 2).
"""

from enum import StrEnum


class SigningAlgorithm(StrEnum):
    """An algorithm of RFC 7518 section 3.1."""

    RS256 = "RS256"
    ES256 = "ES256"
