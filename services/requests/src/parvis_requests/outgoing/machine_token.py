# SPDX-License-Identifier: EUPL-1.2
"""This service's own machine token, fetched once and renewed in time (RFC 6749 section 4.4)."""

import asyncio
import time
from typing import Final

import httpx

CLIENT_ID: Final = "parvis-requests"
_EARLY_SECONDS: Final = 30


class MachineToken:
    """A token for one scope, of identity at that internal address."""

    def __init__(self, url: str, secret: str, scope: str) -> None:
        self._url, self._auth, self._scope = url.rstrip("/"), (CLIENT_ID, secret), scope
        self._token, self._until = "", 0.0
        self._lock = asyncio.Lock()

    async def bearer(self, client: httpx.AsyncClient) -> str:
        """The token; raises httpx.HTTPError, ValueError or KeyError while identity does not answer as agreed."""
        async with self._lock:
            if time.monotonic() >= self._until:
                form = {"grant_type": "client_credentials", "scope": self._scope}
                answer = await client.post(f"{self._url}/oauth2/token", data=form, auth=self._auth)
                answer.raise_for_status()
                body = answer.json()
                self._token, self._until = body["access_token"], time.monotonic() + body["expires_in"] - _EARLY_SECONDS
            return self._token

    def refused(self) -> None:
        """Fetch another one next time."""
        self._until = 0.0
