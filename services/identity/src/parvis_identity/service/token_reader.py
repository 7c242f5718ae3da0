# SPDX-License-Identifier: EUPL-1.2
"""Reading our own tokens when a client gives one back: as a hint at signing out, or to be revoked."""

from dataclasses import dataclass
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError

from parvis_identity.service.key_ring import KeyRing
from parvis_kit.security.tokens import ALGORITHM, MAX_TOKEN_LENGTH


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
        return await self._named(token, "jwt", "aud")

    async def access_token(self, token: str | None) -> Named | None:
        """What a person's access token names; None for anything else."""
        return await self._named(token, "at+jwt", "client_id")

    async def _named(self, token: str | None, typ: str, client_claim: str) -> Named | None:
        if not token or len(token) > MAX_TOKEN_LENGTH:
            return None
        try:
            decoded = jwt.decode(token, await self._ring.published(), algorithms=[ALGORITHM])
            claims = decoded.claims
            if str(decoded.header.get("typ", "")).lower() != typ or claims.get("iss") != self._issuer:
                return None
            return Named(str(claims[client_claim]), UUID(claims["sid"]))
        except (JoseError, ValueError, KeyError):
            return None
