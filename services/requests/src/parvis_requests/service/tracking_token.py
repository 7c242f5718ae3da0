# SPDX-License-Identifier: EUPL-1.2
"""The token by which somebody without an account comes back: told once, kept as a digest."""

from hashlib import sha256
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import tracking
from parvis_requests.db.tracking import Tracked
from parvis_requests.domain.errors import NotFoundError

_MAX_LENGTH: Final = 200


async def follow_token(session: AsyncSession, token: str) -> Tracked:
    """What the token follows; raises NotFoundError."""
    found = await tracking.by_digest(session, digest_of(token)) if 0 < len(token) <= _MAX_LENGTH else None
    if found is None:
        raise NotFoundError
    return found


def digest_of(token: str) -> bytes:
    """What is kept of a token. It is 32 random bytes: nothing is gained by a slow hash."""
    return sha256(token.encode()).digest()
