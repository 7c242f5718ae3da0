# SPDX-License-Identifier: EUPL-1.2
"""The attested civil status of a person, asked of identity's internal API with this service's own machine token."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import httpx
from opentelemetry.propagate import inject

from parvis_kit.logs import logger
from parvis_requests.domain.certified import CivilStatus
from parvis_requests.domain.certified_errors import CertifierDownError

CLIENT_ID: Final = "parvis-requests"
_SCOPE: Final = "identity.civil-status.read"
_SECONDS: Final = 5.0
_EARLY_SECONDS: Final = 30
_RETRY_SECONDS: Final = 5
_MEMBERS: Final = ("given_names", "family_name", "gender", "birth_date", "birth_place", "birth_country")
_log = logger(__name__)


class CivilStatuses:
    """Identity at that internal address; its token is fetched once (RFC 6749 section 4.4) and renewed in time."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._auth = url.rstrip("/"), (CLIENT_ID, secret)
        self._client: httpx.AsyncClient | None = None
        self._token, self._until = "", 0.0
        self._lock = asyncio.Lock()

    async def of(self, person: UUID, collectivity: str) -> CivilStatus | None:
        """As it was attested, None where nobody attested it; raises CertifierDownError."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._asked(person, collectivity)
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
            _log.warning("civil_status_unread", error=type(error).__name__)
            raise CertifierDownError(_RETRY_SECONDS) from None

    async def _asked(self, person: UUID, collectivity: str) -> CivilStatus | None:
        headers = {"Authorization": f"Bearer {await self._bearer()}"}
        inject(headers)
        path = f"{self._url}/internal/v1/people/{person}/civil-status"
        answer = await self._open.get(path, params={"collectivity": collectivity}, headers=headers)
        if answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
            return None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._until = 0.0
        answer.raise_for_status()
        return _civil_status(answer.json())

    async def _bearer(self) -> str:
        async with self._lock:
            if time.monotonic() >= self._until:
                form = {"grant_type": "client_credentials", "scope": _SCOPE}
                answer = await self._open.post(f"{self._url}/oauth2/token", data=form, auth=self._auth)
                answer.raise_for_status()
                body = answer.json()
                self._token, self._until = body["access_token"], time.monotonic() + body["expires_in"] - _EARLY_SECONDS
            return self._token

    @property
    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            # No connection is kept: nothing is left to close when the process ends.
            self._client = httpx.AsyncClient(timeout=_SECONDS, limits=httpx.Limits(max_keepalive_connections=0))
        return self._client


def _civil_status(body: Mapping[str, Any]) -> CivilStatus:
    said = {name: body[name] for name in _MEMBERS}
    if not all(value is None or isinstance(value, str) for value in said.values()):
        raise ValueError("no civil status")
    return CivilStatus(**said)
