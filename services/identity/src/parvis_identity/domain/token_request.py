# SPDX-License-Identifier: EUPL-1.2
"""What a client that has proved who it is sends to the token endpoint, and what it gets."""

from dataclasses import dataclass
from datetime import datetime

from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A request of that client, at that time; ``key`` is the thumbprint of the key that it proved to hold."""

    client: Client
    parameters: Parameters
    now: datetime
    key: str | None = None

    @property
    def token_type(self) -> str:
        """How the access token is to be sent: alone, or with a proof of its key (RFC 9449 section 5)."""
        return "DPoP" if self.key else "Bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the token endpoint hands out (RFC 6749 section 5.1)."""

    access_token: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None
    issued_token_type: str | None = None
    token_type: str = "Bearer"  # noqa: S105 - the name of a type
