# SPDX-License-Identifier: EUPL-1.2
"""Calls to a provider: no redirects, a bound on the time and on the size of each answer."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Final

import httpx

from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_kit.logs import logger

_MAX_BYTES: Final = 262_144
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read whole."""

    status: int
    content_type: str
    content: bytes

    @property
    def ok(self) -> bool:
        """True for 200: none of the answers that we expect is another success."""
        return self.status == httpx.codes.OK

    def json(self) -> dict[str, Any]:
        """The JSON object; raises RefusedError where it is none."""
        try:
            body = json.loads(self.content)
        except ValueError as error:
            raise RefusedError(Refusal.PROVIDER_FAILED) from error
        if not isinstance(body, dict):
            raise RefusedError(Refusal.PROVIDER_FAILED)
        return body

    def error(self) -> dict[str, str]:
        """The texts of an error (RFC 6749 section 5.2); none of them where the answer is not one."""
        try:
            body = json.loads(self.content)
        except ValueError:
            return {}
        pairs = body.items() if isinstance(body, dict) else ()
        return {name: value for name, value in pairs if isinstance(value, str)}


class Transport:
    """One client for all providers of a process; opened at the first call, in the loop that uses it."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def get(self, url: str, headers: dict[str, str] | None = None) -> Reply:
        """A GET; raises RefusedError when the provider cannot be reached in time."""
        return await self._send("GET", url, headers, None)

    async def post(self, url: str, form: dict[str, str]) -> Reply:
        """A POST of a form; raises RefusedError when the provider cannot be reached in time."""
        return await self._send("POST", url, None, form)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _send(self, method: str, url: str, headers: dict[str, str] | None, form: dict[str, str] | None) -> Reply:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout, follow_redirects=False)
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._client.stream(method, url, headers=headers, data=form) as answer,
            ):
                content = bytearray()
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > _MAX_BYTES:
                        _log.warning("provider_answer_too_large", url=url)
                        raise RefusedError(Refusal.PROVIDER_FAILED)
                content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Reply(answer.status_code, content_type, bytes(content))
        except (httpx.HTTPError, TimeoutError) as error:
            _log.warning("provider_unreachable", url=url, error=type(error).__name__)
            raise RefusedError(Refusal.PROVIDER_UNREACHABLE) from error
