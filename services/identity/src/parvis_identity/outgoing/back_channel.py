# SPDX-License-Identifier: EUPL-1.2
"""Calls to the clients' own addresses: no redirects, no answer read, a bound on the time."""

import asyncio

import httpx


class BackChannel:
    """One HTTP client for all of them; opened at the first call, in the loop that uses it."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, form: dict[str, str]) -> str | None:
        """Send the form; None when the client took it, else what happened, for the log."""
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout, follow_redirects=False)
        try:
            async with asyncio.timeout(self._timeout), self._client.stream("POST", url, data=form) as answer:
                return None if answer.is_success else f"status {answer.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return type(error).__name__
