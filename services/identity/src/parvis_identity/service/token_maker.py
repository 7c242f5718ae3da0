# SPDX-License-Identifier: EUPL-1.2
"""The tokens that we sign: access tokens (RFC 9068) and id_tokens (OpenID Connect Core section 2)."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from parvis_identity.domain import scopes
from parvis_identity.domain.behalf import Behalf
from parvis_identity.domain.client import Audience, Client
from parvis_identity.domain.grant import Grant
from parvis_identity.domain.pairwise import pairwise_subject
from parvis_identity.domain.sign_in import Membership
from parvis_identity.domain.signing import SigningAlgorithm
from parvis_identity.domain.token_request import TokenRequest
from parvis_identity.service.key_ring import KeyRing
from parvis_kit.crypto.keys import MasterKey

_LOGOUT_SECONDS: Final = 120
_OF_THE_PERSON: Final = (
    "sub", "kind", "sid", "grant_id", "auth_time", "acr", "amr", "teams", "roles", "territories", "collectivity",
    "rests_on",
)  # fmt: skip


class TokenMaker:
    """Makes tokens; nothing in one says who a person is but opaque identifiers."""

    def __init__(self, ring: KeyRing, master: MasterKey, *, issuer: str, life_seconds: int) -> None:
        self._ring = ring
        self._pairwise_key = master.derive("pairwise-subject")
        self._issuer = issuer
        self.life_seconds = life_seconds

    def pairwise(self, sector: str, person: UUID) -> str:
        """The ``sub`` by which the clients of that sector know the person."""
        return pairwise_subject(self._pairwise_key, sector, person)

    async def signer(self) -> "Signer":
        """The keys of the moment, fetched before a transaction so that none waits for another connection."""
        keys = {algorithm: await self._ring.signing(algorithm) for algorithm in SigningAlgorithm}
        return Signer(self, keys, self._issuer, self.life_seconds)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the keys that it has, without waiting for anything."""

    maker: TokenMaker
    keys: Mapping[SigningAlgorithm, ECKey | RSAKey]
    issuer: str
    life_seconds: int

    def for_person(
        self, grant: Grant, request: TokenRequest, granted: Iterable[str], membership: Membership | None
    ) -> str:
        """An access token of a person's grant."""
        claims: dict[str, Any] = {
            "sub": str(grant.person),
            "kind": grant.kind,
            "sid": str(grant.session),
            "grant_id": str(grant.id),
            "auth_time": int(grant.auth_time.timestamp()),
        }
        claims |= _how(grant)
        if membership:
            claims |= {"teams": list(membership.teams), "roles": list(membership.roles)}
            claims |= {"territories": list(membership.territories)} if membership.territories else {}
        return self._access_token(claims, request, granted)

    def for_system(self, request: TokenRequest, granted: Iterable[str]) -> str:
        """An access token of a client for itself; its subject is the client (RFC 9068 section 2.2)."""
        return self._access_token({"sub": request.client.client_id, "kind": "system"}, request, granted)

    def for_actor(self, request: TokenRequest, subject: dict[str, Any], granted: Iterable[str], expires_at: int) -> str:
        """An access token with which a service acts for a person (RFC 8693 section 4.1)."""
        claims = {name: subject[name] for name in _OF_THE_PERSON if name in subject}
        acting = {"sub": request.client.client_id} | ({"act": subject["act"]} if "act" in subject else {})
        return self._access_token(claims | {"act": acting, "exp": expires_at}, request, granted)

    def for_behalf(
        self, request: TokenRequest, behalf: Behalf, actor: dict[str, Any], granted: Iterable[str], expires_at: int
    ) -> str:
        """An access token with which a person acts for another; it ends with the session of who acts.

        It ends with what it rests on, too: the mandate, the organisation and the membership through which they act.
        Nobody recognised the other, so it says no level.
        """
        claims: dict[str, Any] = {
            "sub": str(behalf.person),
            "kind": Audience.CITIZEN.value,
            "sid": actor["sid"],
            "grant_id": actor["grant_id"],
            "auth_time": actor["auth_time"],
            "act": {"sub": actor["sub"], "kind": actor["kind"]},
            "rests_on": [str(id_) for id_ in behalf.rests_on],
            "exp": expires_at,
        }
        if behalf.organisation:
            claims["act"]["organisation"] = str(behalf.organisation)
        return self._access_token(claims, request, granted)

    def id_token(self, grant: Grant, client: Client, nonce: str | None, access_token: str, now: datetime) -> str:
        """An id_token, without a claim about who the person is: those are at the userinfo endpoint."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": self.maker.pairwise(client.sector, grant.person),
            "aud": client.client_id,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + self.life_seconds,
            "auth_time": int(grant.auth_time.timestamp()),
            "sid": str(grant.session),
            "at_hash": _half_hash(access_token),
        }
        claims |= _how(grant)
        if nonce is not None:
            claims["nonce"] = nonce
        return self._signed("JWT", claims, client.id_token_algorithm)

    def logout_token(self, client: Client, person: UUID, session: UUID, now: datetime) -> str:
        """What tells a client that a session has ended (OpenID Connect Back-Channel Logout 1.0 section 2.4)."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": self.maker.pairwise(client.sector, person),
            "aud": client.client_id,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + _LOGOUT_SECONDS,
            "jti": str(uuid4()),
            "sid": str(session),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        return self._signed("logout+jwt", claims, client.id_token_algorithm)

    def _access_token(self, claims: dict[str, Any], request: TokenRequest, granted: Iterable[str]) -> str:
        names, client, now = frozenset(granted), request.client, request.now
        if request.key:
            claims["cnf"] = {"jkt": request.key}
        common = {
            "iss": self.issuer,
            "aud": scopes.audiences(names),
            "client_id": client.client_id,
            "scope": scopes.written(names),
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + self.life_seconds,
            "jti": str(uuid4()),
            "collectivity": client.collectivity_claim,
        }
        return self._signed("at+jwt", common | claims, SigningAlgorithm.ES256)

    def _signed(self, typ: str, claims: dict[str, Any], algorithm: SigningAlgorithm) -> str:
        key = self.keys[algorithm]
        return jwt.encode({"alg": algorithm.value, "kid": key.kid, "typ": typ}, claims, key)


def _how(grant: Grant) -> dict[str, Any]:
    # How well, and by what, the person was recognised; what the provider does not say is not claimed.
    claims: dict[str, Any] = {"acr": grant.acr} if grant.acr else {}
    return claims | ({"amr": list(grant.amr)} if grant.amr else {})


def _half_hash(token: str) -> str:
    # at_hash, OpenID Connect Core section 3.1.3.6: the left half of the hash that the signature uses.
    return urlsafe_b64encode(sha256(token.encode("ascii")).digest()[:16]).rstrip(b"=").decode()
