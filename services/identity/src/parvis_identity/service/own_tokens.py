# SPDX-License-Identifier: EUPL-1.2
"""Verification of access tokens for this service's own API: those of a grant that has ended are refused at once."""

from uuid import UUID

from joserfc.jws import extract_compact

from parvis_identity.db import grants
from parvis_identity.service.key_ring import KeyRing, OwnKeys
from parvis_kit.db.database import Database
from parvis_kit.security.principal import Principal
from parvis_kit.security.tokens import TokenVerifier, refused


class OwnTokens(TokenVerifier):
    """Verifies with our own keys, without a call to ourselves; looks whether what they are of still stands."""

    def __init__(self, ring: KeyRing, database: Database, *, issuer: str) -> None:
        super().__init__(issuer=issuer, audience="parvis-identity", keys=OwnKeys(ring))
        self._ring = ring
        self._database = database

    async def verify(self, token: str) -> Principal:
        """The caller; raises the ``invalid-token`` problem where what was allowed at that sign-in is revoked.

        And where the key was withdrawn since the token was verified and remembered.
        """
        principal = await super().verify(token)
        kid = extract_compact(token.encode()).headers()["kid"]
        if not any(key.kid == kid for key in (await self._ring.published()).keys):
            raise refused("withdrawn_key")
        if principal.grant:
            async with self._database.reading() as session:
                over = await grants.is_over(session, UUID(principal.grant))
            if over:
                raise refused("session_ended")
        return principal
