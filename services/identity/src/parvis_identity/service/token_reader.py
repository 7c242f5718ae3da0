# SPDX-License-Identifier: EUPL-1.2
"""Reading our own tokens when somebody gives one back: as a hint at signing out, to be revoked, to be told about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError

from parvis_identity.domain.signing import SigningAlgorithm
from parvis_identity.service.key_ring import KeyRing
from parvis_kit.security.tokens import MAX_TOKEN_LENGTH

_SIGNED_BY: Final = {
    "at+jwt": [SigningAlgorithm.ES256.value],
    "jwt": [algorithm.value for algorithm in SigningAlgorithm],
}


@dataclass(frozen=True, slots=True)
class Named:
    """The client and the session that a token of ours names."""

    client_id: str
    session: UUID


class TokenReader:
    """Checks signature, issuer and type; an expired token still names its session (RP-Initiated Logout section 2)."""

    def __init__(self, ring: KeyRing, issuer: str) -> None:
        self._ring = ring
        self._issuer = issuer

    async def id_token(self, token: str | None) -> Named | None:
        """What an id_token names; None for anything else."""
        claims = await self._claims(token, "jwt")
        return Named(str(claims["aud"]), UUID(claims["sid"])) if claims else None

    async def access_claims(self, token: str, now: datetime) -> dict[str, Any] | None:
        """The claims of an access token that has not expired; None for anything else."""
        claims = await self._claims(token, "at+jwt")
        return claims if claims and now.timestamp() < claims["exp"] else None

    async def grant_of(self, token: str, client_id: str) -> UUID | None:
        """The grant of a person's access token, expired or not, that was handed to this client."""
        claims = await self._claims(token, "at+jwt")
        # Who acts for the person has no say in what the person allowed somebody else.
        if claims is None or claims["client_id"] != client_id or "grant_id" not in claims or "act" in claims:
            return None
        return UUID(claims["grant_id"])

    async def _claims(self, token: str | None, typ: str) -> dict[str, Any] | None:
        if not token or len(token) > MAX_TOKEN_LENGTH:
            return None
        try:
            decoded = jwt.decode(token, await self._ring.published(), algorithms=_SIGNED_BY[typ])
        except (JoseError, ValueError):
            return None
        if str(decoded.header.get("typ", "")).lower() != typ or decoded.claims.get("iss") != self._issuer:
            return None
        return decoded.claims
