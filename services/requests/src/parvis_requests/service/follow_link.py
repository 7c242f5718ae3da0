# SPDX-License-Identifier: EUPL-1.2
"""The link by which somebody without an account sees what they follow, and follows it no more: the right to that alone.

Nothing of it is stored: it is sealed, and good as long as they follow.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_requests.db import follows
from parvis_requests.db.tables import Follow
from parvis_requests.domain.errors import NotFoundError

_COLUMN: Final = "follow.link"
_ID: Final = 16


def token_of(follow: Follow, index: BlindIndex) -> str:
    """43 characters of base64url."""
    return urlsafe_b64encode(follow.id.bytes + _seal(follow, index)).decode().rstrip("=")


async def follow_at(session: AsyncSession, token: str, index: BlindIndex) -> Follow:
    """What a link is about; raises NotFoundError where nobody follows by it, or no more."""
    raw = urlsafe_b64decode(token + "=")
    follow = await follows.one(session, UUID(bytes=raw[:_ID]))
    if follow is None or follow.address is None or not hmac.compare_digest(raw[_ID:], _seal(follow, index)):
        raise NotFoundError
    return follow


def _seal(follow: Follow, index: BlindIndex) -> bytes:
    return index.of(_COLUMN, f"{follow.collectivity}/{follow.id}")
