# SPDX-License-Identifier: EUPL-1.2
"""The token endpoint: to each grant type its use case (RFC 6749)."""

from collections.abc import Mapping
from typing import Protocol

from parvis_identity.domain.client import GrantType
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.token_request import TokenRequest, Tokens


class TokenGrant(Protocol):
    """One way to tokens."""

    async def tokens(self, request: TokenRequest) -> Tokens:
        """The tokens; raises OAuthError."""


class TokenEndpoint:
    """Finds the use case of a request."""

    def __init__(self, grants: Mapping[GrantType, TokenGrant]) -> None:
        self._grants = grants

    async def tokens(self, request: TokenRequest) -> Tokens:
        """Tokens for whichever grant the parameters bring; raises OAuthError."""
        if request.parameters.repeated:
            raise OAuthError("invalid_request", "a parameter is repeated")
        grant_type = request.parameters.required("grant_type")
        if grant_type not in set(self._grants):
            raise OAuthError("unsupported_grant_type", f"one of {', '.join(self._grants)}")
        if not request.client.may_use(GrantType(grant_type)):
            raise OAuthError("unauthorized_client", "this client may not use this grant type")
        if request.client.binds_tokens and request.key is None:
            raise OAuthError("invalid_dpop_proof", "this client's tokens are bound to a key: send a proof")
        return await self._grants[GrantType(grant_type)].tokens(request)
