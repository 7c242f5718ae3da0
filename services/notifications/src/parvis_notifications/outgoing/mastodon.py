# SPDX-License-Identifier: EUPL-1.2
"""An account of the fediverse by Mastodon's REST API.

https://docs.joinmastodon.org/methods/statuses/#create (with ``Idempotency-Key``, kept for an hour) and
https://docs.joinmastodon.org/methods/accounts/#statuses.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp

from parvis_notifications.domain.social import same_words
from parvis_notifications.outgoing.guarded import code_of, seconds_of
from parvis_notifications.outgoing.social import (
    ParentGoneError,
    Post,
    PostRefusedError,
    PostsUnreachableError,
    PostUnansweredError,
    Published,
)
from parvis_notifications.social_settings import SocialAccountSettings

_OK: Final = 200
_NOT_FOUND: Final = 404
_UNPROCESSABLE: Final = 422
# These may come from what stands before the server, which has passed the post on or has not.
_AMBIGUOUS: Final = frozenset({500, 502, 504})
# Between two clocks.
_TOLERANCE: Final = timedelta(seconds=60)
_PAGE: Final = 40
_MOST_BYTES: Final = 4_000_000


class Mastodon:
    """One account at one server."""

    def __init__(self, settings: SocialAccountSettings, *, timeout: float) -> None:
        self.name = settings.name
        self._id: str | None = None
        self._session = aiohttp.ClientSession(
            settings.url,
            headers={"Authorization": f"Bearer {settings.token.get_secret_value()}"},
            timeout=aiohttp.ClientTimeout(total=timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def publish(self, post: Post) -> Published:
        """One public status."""
        form = {"status": post.text, "language": post.language, "visibility": "public"}
        if post.reply_to is not None:
            form["in_reply_to_id"] = post.reply_to
        headers = {"Idempotency-Key": str(post.key)}
        try:
            async with self._session.post(
                "/api/v1/statuses", data=form, headers=headers, allow_redirects=False
            ) as answer:
                status, waits, body = answer.status, _waits(answer), await _read(answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise PostRefusedError(code_of(error), again=True) from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise PostUnansweredError(code_of(error)) from error
        if status in _AMBIGUOUS:
            raise PostUnansweredError(str(status))
        if status == _NOT_FOUND and post.reply_to is not None:
            raise ParentGoneError
        if status != _OK:
            # A token that was taken away is put right by people: what waits for that is not lost meanwhile.
            raise PostRefusedError(str(status), again=status != _UNPROCESSABLE, retry_after=waits)
        try:
            return _published(json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            raise PostUnansweredError("malformed") from error

    async def find(self, text: str, since: datetime, known: Collection[str]) -> Published | None:
        """Among the newest statuses of the account."""
        try:
            if self._id is None:
                self._id = str((await self._get("/api/v1/accounts/verify_credentials", {}))["id"])
            query = {"limit": str(_PAGE), "exclude_reblogs": "true"}
            for each in await self._get(f"/api/v1/accounts/{self._id}/statuses", query):
                made = datetime.fromisoformat(each["created_at"])
                if made >= since - _TOLERANCE and each["id"] not in known and same_words(each["content"], text):
                    return _published(each)
        except (KeyError, TypeError, ValueError) as error:
            raise PostsUnreachableError("malformed") from error
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _get(self, path: str, query: dict[str, str]) -> Any:
        try:
            async with self._session.get(path, params=query, allow_redirects=False) as answer:
                status, body = answer.status, await _read(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PostsUnreachableError(code_of(error)) from error
        if status != _OK:
            raise PostsUnreachableError(str(status))
        return json.loads(body)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """All of it; raises ValueError where there is no end of it."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError("too long")
    return bytes(body)


def _published(found: dict[str, Any]) -> Published:
    if not isinstance(found["id"], str) or not found["id"]:
        raise ValueError("no id")
    url = found.get("url")
    return Published(found["id"][:200], url[:500] if isinstance(url, str) else None)


def _waits(answer: aiohttp.ClientResponse) -> float | None:
    """What a server says that limits its clients, in seconds; Mastodon tells the instant (X-RateLimit-Reset)."""
    told = seconds_of(answer.headers.get("Retry-After"))
    reset = answer.headers.get("X-RateLimit-Reset")
    if told is not None or reset is None or answer.headers.get("X-RateLimit-Remaining") != "0":
        return told
    try:
        at = datetime.fromisoformat(reset)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
