# SPDX-License-Identifier: EUPL-1.2
"""What a client that has proved who it is sends to the token endpoint, and what it gets."""

from dataclasses import dataclass
from datetime import datetime

from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A request of that client, at that time."""

    client: Client
    parameters: Parameters
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the token endpoint hands out (RFC 6749 section 5.1)."""

    access_token: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None
