# SPDX-License-Identifier: EUPL-1.2
"""The attested civil status of a person, asked of identity's internal API with this service's own machine token."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import httpx
from opentelemetry.propagate import inject

from parvis_kit.logs import logger
from parvis_requests.domain.certified import CivilStatus
from parvis_requests.domain.certified_errors import CertifierDownError
from parvis_requests.outgoing.machine_token import MachineToken

_SCOPE: Final = "identity.civil-status.read"
_SECONDS: Final = 5.0
_RETRY_SECONDS: Final = 5
_MEMBERS: Final = ("given_names", "family_name", "gender", "birth_date", "birth_place", "birth_country")
_log = logger(__name__)


class CivilStatuses:
    """Identity at that internal address."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._client: httpx.AsyncClient | None = None
        self._token = MachineToken(url, secret, _SCOPE)

    async def of(self, person: UUID, collectivity: str) -> CivilStatus | None:
        """As it was attested, None where nobody attested it; raises CertifierDownError."""
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._asked(person, collectivity)
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
            _log.warning("civil_status_unread", error=type(error).__name__)
            raise CertifierDownError(_RETRY_SECONDS) from None

    async def _asked(self, person: UUID, collectivity: str) -> CivilStatus | None:
        headers = {"Authorization": f"Bearer {await self._token.bearer(self._open)}"}
        inject(headers)
        path = f"{self._url}/internal/v1/people/{person}/civil-status"
        answer = await self._open.get(path, params={"collectivity": collectivity}, headers=headers)
        if answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
            return None
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token.refused()
        answer.raise_for_status()
        return _civil_status(answer.json())

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
