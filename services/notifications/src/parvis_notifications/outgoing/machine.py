# SPDX-License-Identifier: EUPL-1.2
"""Calls from one service to the internal API of another, with the caller's own machine token."""

import asyncio
import time
from functools import cache
from typing import Any

import httpx
from opentelemetry.propagate import inject

_EARLY_SECONDS = 30
# To read the certificates of all authorities takes thirty milliseconds, and a process has a client for each scope.
_trusted = cache(httpx.create_ssl_context)


class UnreachableError(Exception):
    """The other service is down or slow: try again later."""


class MachineClient:
    """GETs with a client-credentials token (RFC 6749 section 4.4), fetched once and renewed before its end."""

    def __init__(self, *, token_url: str, client_id: str, client_secret: str, scope: str, timeout: float = 5.0) -> None:
        self._client = httpx.AsyncClient(timeout=timeout, verify=_trusted())
        self._token_url = token_url
        self._auth = (client_id, client_secret)
        self._scope = scope
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def get(self, url: str, **asked: str) -> dict[str, Any] | None:
        """The object at ``url``, empty for 204, or None where there is none (404, 410).

        Raises UnreachableError otherwise.
        ``asked`` are headers of this call alone, such as ``Accept_Language``.
        """
        headers = {name.replace("_", "-"): value for name, value in asked.items()}
        headers["Authorization"] = f"Bearer {await self._bearer()}"
        inject(headers)
        try:
            answer = await self._client.get(url, headers=headers)
        except httpx.HTTPError as error:
            raise UnreachableError(type(error).__name__) from error
        if answer.status_code in {404, 410}:
            return None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._until = 0.0
        if not answer.is_success:
            raise UnreachableError(f"status {answer.status_code}")
        body: dict[str, Any] = answer.json() if answer.content else {}
        return body

    async def _bearer(self) -> str:
        async with self._lock:
            if time.monotonic() >= self._until:
                form = {"grant_type": "client_credentials", "scope": self._scope}
                try:
                    answer = await self._client.post(self._token_url, data=form, auth=self._auth)
                    answer.raise_for_status()
                except httpx.HTTPError as error:
                    raise UnreachableError(type(error).__name__) from error
                body = answer.json()
                self._token = body["access_token"]
                self._until = time.monotonic() + body["expires_in"] - _EARLY_SECONDS
            return self._token

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
