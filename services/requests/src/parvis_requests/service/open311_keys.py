# SPDX-License-Identifier: EUPL-1.2
"""The keys of Open311 clients: made by an operator, shown once, kept as a digest."""

import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db import open311 as stored
from parvis_requests.db.tables import Open311Key
from parvis_requests.domain.forwarding import OPEN311_CLIENT
from parvis_requests.domain.open311 import FORBIDDEN, Open311Error

_MAX_LENGTH = 200


async def make_key(session: AsyncSession, collectivity: str, name: str, now: datetime) -> tuple[UUID, str]:
    """A new key for a client of that name: its id, to revoke it by, and the key itself, which is kept nowhere."""
    key = secrets.token_urlsafe(32)
    row = Open311Key(id=uuid7(), collectivity=collectivity, name=name, digest=_digest(key), created_at=now)
    session.add(row)
    await session.flush()
    return row.id, key


async def client_of(session: AsyncSession, collectivity: str, key: str | None) -> str | None:
    """Whose key this is, as requests name their client; None without a key.

    Raises Open311Error (403) for a key that is unknown, revoked, or of another collectivity.
    """
    if not key:
        return None
    row = await stored.key_by_digest(session, _digest(key)) if len(key) <= _MAX_LENGTH else None
    if row is None or row.collectivity != collectivity:
        raise Open311Error(FORBIDDEN, "api_key: unknown or revoked")
    return f"{OPEN311_CLIENT}{row.id}"


def _digest(key: str) -> bytes:
    # The key is 32 random bytes: nothing is gained by a slow hash.
    return sha256(key.encode()).digest()
