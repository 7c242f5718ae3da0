# SPDX-License-Identifier: EUPL-1.2
"""Who people with an account are, asked of identity's internal API with this service's own machine token."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import httpx
from opentelemetry.propagate import inject
from pydantic import TypeAdapter

from parvis_kit.logs import logger
from parvis_requests.domain.author import MAX_NAMES, Named, Particulars, PeopleDownError
from parvis_requests.domain.colleague import Colleague
from parvis_requests.outgoing.machine_token import MachineToken

_SCOPE: Final = "identity.particulars.read"
_SECONDS: Final = 5.0
_RETRY_SECONDS: Final = 5
_NO_ACCOUNT: Final = "no-account"
_PARTICULARS: Final = TypeAdapter(Particulars)
_COLLEAGUES: Final = TypeAdapter(list[Colleague])
_log = logger(__name__)


class _NoAccountError(Exception):
    """Identity says so itself: a 404 of a wrong address, or of something in between, says nothing of the account."""


class People:
    """Identity at that internal address; ``seconds`` bound each question, the machine token included."""

    def __init__(self, url: str, secret: str, seconds: float = _SECONDS) -> None:
        self._url, self._seconds = url.rstrip("/"), seconds
        self._client: httpx.AsyncClient | None = None
        self._token = MachineToken(url, secret, _SCOPE)

    async def particulars(self, person: UUID, collectivity: str) -> Particulars | None:
        """What the account says; None where there is none, or no longer. Raises PeopleDownError."""
        path, behalf = f"/internal/v1/people/{person}/particulars", {"collectivity": collectivity}
        try:
            return _PARTICULARS.validate_python(await self._asked("GET", path, params=behalf))
        except _NoAccountError:
            return None
        except ValueError:
            _log.warning("people_unread", error="ValidationError")
            raise PeopleDownError(_RETRY_SECONDS) from None

    async def names(self, people: Sequence[UUID], collectivity: str) -> dict[UUID, Named]:
        """What these are called, ``MAX_NAMES`` at most; whoever has no account is absent. Raises PeopleDownError."""
        if not people:
            return {}
        asked = {"collectivity": collectivity, "people": [str(each) for each in people[:MAX_NAMES]]}
        body = await self._asked("POST", "/internal/v1/people/names", json=asked)
        try:
            return {UUID(each["person"]): Named(**_names(each)) for each in body["items"]}
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("people_unread", error=type(error).__name__)
            raise PeopleDownError(_RETRY_SECONDS) from None

    async def colleagues(self, collectivity: str, scope: str, after: UUID | None) -> tuple[list[Colleague], bool]:
        """Some agents of that town, and whether others come after the last; ``entitled`` to that scope or not.

        Raises PeopleDownError.
        """
        query = {"collectivity": collectivity, "scope": scope} | ({"after": str(after)} if after else {})
        try:
            body = await self._asked("GET", "/internal/v1/colleagues", params=query)
            return _COLLEAGUES.validate_python(body["items"]), bool(body["more"])
        except (_NoAccountError, ValueError, KeyError, TypeError) as error:
            _log.warning("people_unread", error=type(error).__name__)
            raise PeopleDownError(_RETRY_SECONDS) from None

    async def _asked(self, method: str, path: str, **more: Any) -> Any:
        try:
            async with asyncio.timeout(self._seconds):
                headers = {"Authorization": f"Bearer {await self._token.bearer(self._open)}"}
                inject(headers)
                answer = await self._open.request(method, f"{self._url}{path}", headers=headers, **more)
                if answer.status_code == httpx.codes.UNAUTHORIZED:
                    self._token.refused()
                if answer.status_code == httpx.codes.NOT_FOUND and answer.json()["code"] == _NO_ACCOUNT:
                    raise _NoAccountError
                return answer.raise_for_status().json()
        except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
            _log.warning("people_unread", error=type(error).__name__)
            raise PeopleDownError(_RETRY_SECONDS) from None

    @property
    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            # No connection is kept: nothing is left to close when the process ends.
            self._client = httpx.AsyncClient(timeout=self._seconds, limits=httpx.Limits(max_keepalive_connections=0))
        return self._client


def _names(each: dict[str, Any]) -> dict[str, str | None]:
    said = {name: each[name] for name in ("given_name", "family_name")}
    if not all(value is None or isinstance(value, str) for value in said.values()):
        raise ValueError("no name")
    return said
