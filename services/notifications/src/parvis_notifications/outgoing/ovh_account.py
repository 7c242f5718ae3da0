# SPDX-License-Identifier: EUPL-1.2
"""A service of OVHcloud's SMS by its API: signed calls, and which answers leave it open whether something was made.

https://docs.ovhcloud.com/en/guides/manage-and-operate/api/first-steps: a signature covers secret, consumer key, method,
address, body and the time of the API's own clock.
"""

import asyncio
import json
from collections.abc import Mapping
from hashlib import sha1
from typing import Any, Final
from urllib.parse import quote, urlencode

import aiohttp
from opentelemetry.propagate import inject
from pydantic import SecretStr

_OK, _BAD, _NOT_FOUND = 200, 400, 404
# These may come from what stands before the API, which has passed it on or has not.
_AMBIGUOUS: Final = frozenset({500, 502, 504})
# Of these a wrong clock may be the reason: it is read anew before the next call.
_PERHAPS_LATE: Final = frozenset({400, 401, 403})
_CLOCK_SECONDS: Final = 600.0
# By more than so much a clock that is read twice has not gone on, but was set, or this process stood still.
_SET_SECONDS: Final = 15.0
# An account by which something was made so lately takes what it can.
_WELL_SECONDS: Final = 600.0
_NOT_CONNECTED: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_BROKEN: Final = (aiohttp.ClientError, TimeoutError, OSError)


class OvhRefusedError(Exception):
    """Nothing was made; the argument is the status, or the kind of error where nobody answered, never their words.

    ``alone`` is that others are taken: it is for what was asked that it was refused.
    """

    def __init__(self, reply: str, *, alone: bool = False) -> None:
        super().__init__(reply)
        self.alone = alone


class OvhUnansweredError(Exception):
    """It may have been made; the argument is a code for what happened."""


class OvhUnreachableError(Exception):
    """Nobody could be asked; the argument is a code for what happened."""


class OvhKeys:
    """Those of an application, and of who let it act on the service."""

    def __init__(self, application: str, secret: SecretStr, consumer: SecretStr) -> None:
        self._application = application
        self._secret = secret.get_secret_value()
        self._consumer = consumer.get_secret_value()

    def headers(self, method: str, url: str, body: str, at: int) -> dict[str, str]:
        """Those of one call at that second of the API's clock."""
        signed = "+".join((self._secret, self._consumer, method, url, body, str(at)))
        return {
            "X-Ovh-Application": self._application,
            "X-Ovh-Consumer": self._consumer,
            "X-Ovh-Timestamp": str(at),
            "X-Ovh-Signature": f"$1${sha1(signed.encode(), usedforsecurity=False).hexdigest()}",
        }


class OvhAccount:
    """One service, such as ``sms-ab12345-1``."""

    def __init__(self, url: str, service: str, keys: OvhKeys, *, timeout: float) -> None:
        self._base = f"{url.rstrip('/')}/1.0"
        self._service = f"/sms/{quote(service, safe='')}"
        self._keys = keys
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout))
        self._ahead: float | None = None
        """By how much the API's clock is ahead of this process's, which knows no hour."""
        self._read_at = 0.0
        self._made_at: float | None = None

    async def create(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make one; what the API tells of it. Raises OvhRefusedError or OvhUnansweredError."""
        ahead: float | None = None
        try:
            await self._now()
            ahead = self._ahead
            status, found = await self._call("POST", resource, {}, json.dumps(body))
        except (OvhUnreachableError, *_NOT_CONNECTED) as error:
            raise OvhRefusedError(_code(error)) from error
        except _BROKEN as error:
            raise OvhUnansweredError(type(error).__name__) from error
        if status in _AMBIGUOUS:
            raise OvhUnansweredError(f"HTTP {status}")
        if status != _OK:
            raise OvhRefusedError(str(status), alone=status == _BAD and await self._is_well(ahead))
        if not isinstance(found, dict):
            raise OvhUnansweredError("malformed")
        if found.get("ids"):
            self._made_at = _here()
        return found

    async def _is_well(self, ahead: float | None) -> bool:
        """Whether others are taken, and it was no wrong clock for which one was not."""
        if ahead is None or self._made_at is None or _here() - self._made_at > _WELL_SECONDS:
            return False
        try:
            await self._now()
        except OvhUnreachableError:
            return False
        return self._ahead is not None and abs(self._ahead - ahead) < _SET_SECONDS

    async def one(self, resource: str, number: int) -> dict[str, Any] | None:
        """Fetch one; None where there is none. Raises OvhUnreachableError."""
        found = await self._get(f"{resource}/{number}", {})
        if found is not None and not isinstance(found, dict):
            raise OvhUnreachableError("malformed")
        return found

    async def numbers(self, resource: str, query: Mapping[str, str]) -> list[int]:
        """The numbers of those that there are, in their order. Raises OvhUnreachableError."""
        found = await self._get(resource, query)
        if not isinstance(found, list) or not all(type(each) is int for each in found):
            raise OvhUnreachableError("malformed")
        return sorted(found)

    async def _get(self, resource: str, query: Mapping[str, str]) -> Any:
        try:
            status, found = await self._call("GET", resource, query, "")
        except _BROKEN as error:
            raise OvhUnreachableError(type(error).__name__) from error
        if status == _NOT_FOUND:
            return None
        if status != _OK:
            raise OvhUnreachableError(f"HTTP {status}")
        return found

    async def _call(self, method: str, resource: str, query: Mapping[str, str], body: str) -> tuple[int, Any]:
        """Its status and what was answered. Raises OvhUnreachableError where the API's clock cannot be read."""
        # What is signed is what is called: nothing in it would be written in another way on the wire.
        url = f"{self._base}{self._service}/{resource}" + (f"?{urlencode(query, safe=':')}" if query else "")
        headers = self._keys.headers(method, url, body, await self._now())
        if body:
            headers["Content-Type"] = "application/json"
        inject(headers)
        # No other address is to have what was signed for this one.
        options: Any = {"headers": headers, "data": body or None, "allow_redirects": False}
        async with self._session.request(method, url, **options) as answer:
            status, said = answer.status, await answer.read()
        if status in _PERHAPS_LATE:
            self._ahead = None
        return status, _read(said)

    async def _now(self) -> int:
        """The second that it is by the API's clock, which is read again every ten minutes."""
        here = _here()
        if self._ahead is None or here - self._read_at > _CLOCK_SECONDS:
            try:
                async with self._session.get(f"{self._base}/auth/time", allow_redirects=False) as answer:
                    told = _read(await answer.read())
            except _BROKEN as error:
                raise OvhUnreachableError(type(error).__name__) from error
            if answer.status != _OK or type(told) is not int:
                raise OvhUnreachableError("no-time")
            self._read_at = _here()
            self._ahead = told - self._read_at
        return int(_here() + self._ahead)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def _here() -> float:
    return asyncio.get_running_loop().time()


def _code(error: BaseException) -> str:
    return str(error) if isinstance(error, OvhUnreachableError) else type(error).__name__


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
