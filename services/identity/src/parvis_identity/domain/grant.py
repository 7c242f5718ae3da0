# SPDX-License-Identifier: EUPL-1.2
"""What a person allowed a client at one sign-in: the family of its code, its refresh tokens, its access tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One family of tokens; revoking it ends all that can still be renewed.

    ``resources`` are those that the client asked for (RFC 8707); none stands for any. ``bound_to`` is the
    thumbprint of the key without which the refresh tokens of a public client are of no use (RFC 9449 section 5).
    """

    id: UUID
    collectivity: str
    client_id: str
    person: UUID
    session: UUID
    kind: str
    scopes: frozenset[str]
    acr: str | None
    amr: tuple[str, ...]
    auth_time: datetime
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    resources: frozenset[str] = frozenset()
    bound_to: str | None = None

    def usable(self, client_id: str, now: datetime) -> bool:
        """True for its own client, until it is revoked or over."""
        return self.client_id == client_id and self.revoked_at is None and now < self.expires_at
