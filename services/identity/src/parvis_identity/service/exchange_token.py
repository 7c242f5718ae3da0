# SPDX-License-Identifier: EUPL-1.2
"""A person's token, given to one service, for a token with which it calls another in their name (RFC 8693).

Other subject types are those of people who act for people: another use case.
"""

from typing import Any, Final
from uuid import UUID

from parvis_identity.db import grants
from parvis_identity.domain import resources, scopes
from parvis_identity.domain.authorization import Parameters, asked_scopes
from parvis_identity.domain.behalf import SUBJECT_TYPES
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.roles import opened
from parvis_identity.domain.token_request import TokenRequest, Tokens
from parvis_identity.service.act_on_behalf import ACCESS_TOKEN, ActForAnother
from parvis_identity.service.token_maker import TokenMaker
from parvis_identity.service.token_reader import TokenReader
from parvis_kit.db.database import Database

_LONGEST_CHAIN: Final = 3


class ExchangeToken:
    """The use case, with what it needs.

    A service may exchange what was sent to it, for the services that are declared for it, and for no longer than the
    person's own token lives; who acts stands in ``act``, with whoever acted before.
    """

    def __init__(self, database: Database, maker: TokenMaker, reader: TokenReader, behalf: ActForAnother) -> None:
        self._database = database
        self._behalf = behalf
        self._maker = maker
        self._reader = reader

    async def tokens(self, request: TokenRequest) -> Tokens:
        """The token for the other service; raises OAuthError."""
        parameters, client = request.parameters, request.client
        if parameters.get("subject_token_type") in SUBJECT_TYPES:
            return await self._behalf.tokens(request)
        if not client.exchanges:
            raise OAuthError("unauthorized_client", "this client acts for people in their own tokens only")
        _refuse_unsupported(parameters)
        claims = await self._subject(request)
        targets = resources.checked(parameters.resources)
        if not targets or not targets <= client.exchanges:
            raise OAuthError("invalid_target", "resource is missing, or not declared for this client")
        granted = resources.narrowed(asked_scopes(parameters.get("scope"), client), targets)
        if claims["kind"] == Audience.AGENT:
            granted &= opened(claims.get("roles", ()))
        expires_at = min(int(request.now.timestamp()) + self._maker.life_seconds, claims["exp"])
        return Tokens(
            access_token=(await self._maker.signer()).for_actor(request, claims, granted, expires_at),
            expires_in=expires_at - int(request.now.timestamp()),
            scope=scopes.written(granted),
            token_type=request.token_type,
            issued_token_type=ACCESS_TOKEN,
        )

    async def _subject(self, request: TokenRequest) -> dict[str, Any]:
        claims = await self._reader.access_claims(request.parameters.required("subject_token"), request.now)
        if claims is None or "grant_id" not in claims or request.client.client_id not in claims["aud"]:
            raise OAuthError("invalid_request", "subject_token is no valid token of a person that was sent to you")
        async with self._database.reading() as session:
            grant = await grants.find(session, UUID(claims["grant_id"]))
        if grant is None or not grant.usable(grant.client_id, request.now):
            raise OAuthError("invalid_request", "subject_token was revoked")
        if _chain(claims) >= _LONGEST_CHAIN:
            raise OAuthError("invalid_request", "too many services act one for the other")
        return claims


def _refuse_unsupported(parameters: Parameters) -> None:
    if parameters.get("actor_token") or parameters.get("audience"):
        raise OAuthError("invalid_request", "actor_token and audience are not supported: you act, for a resource")
    if parameters.required("subject_token_type") != ACCESS_TOKEN:
        raise OAuthError("invalid_request", f"subject_token_type is {ACCESS_TOKEN}")
    if parameters.get("requested_token_type") not in {None, ACCESS_TOKEN}:
        raise OAuthError("invalid_request", f"requested_token_type is {ACCESS_TOKEN}")


def _chain(claims: dict[str, Any]) -> int:
    length, actor = 0, claims.get("act")
    while isinstance(actor, dict):
        length, actor = length + 1, actor.get("act")
    return length
