# SPDX-License-Identifier: EUPL-1.2
"""What a token is worth at this moment (RFC 7662), and the end of what it can renew (RFC 7009)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parvis_identity.db import grants, grounds
from parvis_identity.domain import scopes
from parvis_identity.domain.client import Client
from parvis_identity.domain.errors import InvalidClientError
from parvis_identity.domain.opaque import fingerprint
from parvis_identity.service.token_reader import TokenReader
from parvis_kit.db.database import Database

INACTIVE: Final[dict[str, Any]] = {"active": False}
_SHOWN: Final = (
    "scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti", "kind", "collectivity", "sid", "acr", "auth_time",
    "teams", "roles", "cnf", "act",
)  # fmt: skip


class TokenStatus:
    """The use cases, with what they need."""

    def __init__(self, database: Database, reader: TokenReader, issuer: str) -> None:
        self._database = database
        self._reader = reader
        self._issuer = issuer

    async def of(self, token: str, client: Client, now: datetime) -> dict[str, Any]:
        """The members of the answer; an inactive token is never explained.

        A client learns about its own tokens, Parvis's own services about any. Raises InvalidClientError for a client
        that cannot prove who it is: anybody could try tokens in its name (RFC 7662 section 4).
        """
        if client.is_public:
            raise InvalidClientError
        claims = await self._reader.access_claims(token, now)
        if claims is not None:
            about = await self._access_token(claims, now)
        else:
            about = await self._refresh_token(token, now)
        if about is None or (client.collectivity is not None and about["client_id"] != client.client_id):
            return INACTIVE
        return {"active": True, **about}

    async def revoke(self, client: Client, token: str, now: datetime) -> None:
        """End the family of a refresh token or of an access token, where it is this client's."""
        grant = await self._reader.grant_of(token, client.client_id)
        async with self._database.unit_of_work() as uow:
            if grant is None:
                found = await grants.refresh_token(uow.session, fingerprint(token))
                grant = found.grant.id if found and found.grant.client_id == client.client_id else None
            if grant is not None:
                await grants.revoke(uow.session, grant, "revoked by client", now)
                await uow.commit()

    async def _access_token(self, claims: dict[str, Any], now: datetime) -> dict[str, Any] | None:
        if "grant_id" in claims:
            async with self._database.reading() as session:
                grant = await grants.find(session, UUID(claims["grant_id"]))
                rests_on = [UUID(id_) for id_ in claims.get("rests_on", ())]
                over = bool(rests_on) and await grounds.any_over(session, rests_on)
            if over or grant is None or not grant.usable(grant.client_id, now):
                return None
        return {name: claims[name] for name in _SHOWN if name in claims} | {
            "token_type": "DPoP" if "cnf" in claims else "Bearer"
        }

    async def _refresh_token(self, token: str, now: datetime) -> dict[str, Any] | None:
        async with self._database.reading() as session:
            found = await grants.refresh_token(session, fingerprint(token))
        if found is None or found.used or now >= found.expires_at:
            return None
        grant = found.grant
        if not grant.usable(grant.client_id, now):
            return None
        return {
            "client_id": grant.client_id,
            "scope": scopes.written(grant.scopes),
            "sub": str(grant.person),
            "iss": self._issuer,
            "iat": int(found.created_at.timestamp()),
            "exp": int(found.expires_at.timestamp()),
        }
