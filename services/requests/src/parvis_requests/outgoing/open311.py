# SPDX-License-Identifier: EUPL-1.2
"""Another body's endpoint, called as GeoReport v2 and mySociety's extension ``servicerequestupdates`` want it.

Source: http://wiki.open311.org/GeoReport_v2 (forms, ``.xml`` and ``.json``, errors as a list of code and description).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final, Literal
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element, ParseError, fromstring

import httpx

from parvis_outside.client import NotSentError, Outside
from parvis_requests.domain.open311 import w3c_instant

_LONGEST_ANSWER: Final = 4 * 1024 * 1024
_LONGEST_ERROR: Final = 300
_SERVER_ERRORS: Final = 500
_FORM: Final = "application/x-www-form-urlencoded; charset=utf-8"
_LATER: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CONFLICT})
Item = Mapping[str, str]


class Mishap(Enum):
    """What is known of a call that did not succeed."""

    NOT_SENT = auto()
    LATER = auto()
    REFUSED = auto()
    UNKNOWN = auto()


class CallError(Exception):
    """A call that did not succeed: a stable code, and what the other body says of it."""

    def __init__(self, mishap: Mishap, code: str, *, said: str = "", retry_after: int | None = None) -> None:
        super().__init__(code)
        self.mishap = mishap
        self.code = code
        self.said = said
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how a body is called; ``key`` is in no log and no URL of a POST."""

    url: str
    format: Literal["json", "xml"]
    jurisdiction_id: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a POST was answered: a number, or a token that becomes one."""

    service_request_id: str
    token: str


class Open311Calls:
    """The calls of GeoReport v2 that forwarding makes; each raises CallError."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    async def file(self, there: Endpoint, form: Sequence[tuple[str, str]], key: str) -> Receipt:
        """POST a request; an endpoint that knows ``Idempotency-Key`` files it once by that key."""
        items = await self._post(there, "requests", form, {"Idempotency-Key": key})
        receipt = _receipt(items)
        if not (receipt.service_request_id or receipt.token):
            raise CallError(Mishap.UNKNOWN, "no-number")
        return receipt

    async def number_of(self, there: Endpoint, token: str) -> str:
        """The number that a token has become; empty where it has not yet."""
        return _receipt(await self._get(there, f"tokens/{quote(token, safe='')}", {})).service_request_id

    async def requests(self, there: Endpoint, **query: str) -> list[Item]:
        """The requests that a search finds."""
        return [item for item in await self._get(there, "requests", query) if "service_request_id" in item]

    async def updates(self, there: Endpoint, start: datetime, end: datetime) -> list[Item]:
        """What was said of requests in that time."""
        query = {"start_date": w3c_instant(start), "end_date": w3c_instant(end)}
        if there.key:
            query["api_key"] = there.key
        found = await self._get(there, "servicerequestupdates", query)
        return [item for item in found if item.get("service_request_id") and item.get("update_id")]

    async def write_update(self, there: Endpoint, form: Sequence[tuple[str, str]]) -> str:
        """POST an update; returns the id that it got there, empty where none is told."""
        items = await self._post(there, "servicerequestupdates", form, {})
        return items[0].get("update_id", "") if items else ""

    async def _get(self, there: Endpoint, path: str, query: Mapping[str, str]) -> list[Item]:
        asked = dict(query) | ({"jurisdiction_id": there.jurisdiction_id} if there.jurisdiction_id else {})
        return await self._call(there, "GET", path, params=asked)

    async def _post(
        self, there: Endpoint, path: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> list[Item]:
        told = [("jurisdiction_id", there.jurisdiction_id), ("api_key", there.key)]
        content = urlencode([(name, value) for name, value in (*told, *form) if value]).encode()
        return await self._call(there, "POST", path, content=content, headers={"Content-Type": _FORM, **headers})

    async def _call(
        self, there: Endpoint, method: str, path: str, *, headers: Mapping[str, str] | None = None, **what: Any
    ) -> list[Item]:
        url = f"{there.url.rstrip('/')}/{path}.{there.format}"
        named = {"Accept-Language": "fr", "Accept-Encoding": "identity", "User-Agent": "Parvis-Open311/1"}
        try:
            async with self._outside.stream(method, url, headers=named | dict(headers or {}), **what) as answer:
                content = await _bounded(answer)
        except NotSentError as error:
            raise CallError(Mishap.NOT_SENT, str(error)) from error
        except TimeoutError as error:
            raise CallError(Mishap.UNKNOWN, "timeout") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            code = "timeout" if isinstance(error, httpx.TimeoutException) else "broken-off"
            raise CallError(Mishap.UNKNOWN, code) from error
        if answer.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise _refusal(answer, content, there.format)
        try:
            return _items(content, there.format)
        except ValueError as error:
            raise CallError(Mishap.UNKNOWN, "unreadable") from error


def _receipt(items: Sequence[Item]) -> Receipt:
    first = items[0] if items else {}
    return Receipt(first.get("service_request_id", ""), first.get("token", ""))


def _refusal(answer: httpx.Response, content: bytes, format_: str) -> CallError:
    status = answer.status_code
    code, waits = f"status-{status}", answer.headers.get("Retry-After", "")
    if status in _LATER:
        return CallError(Mishap.LATER, code, retry_after=int(waits[:6]) if waits.isdecimal() else None)
    if status >= _SERVER_ERRORS or status == HTTPStatus.REQUEST_TIMEOUT:
        return CallError(Mishap.UNKNOWN, code)
    try:
        said = " ; ".join(text for item in _items(content, format_) if (text := item.get("description", "")))
    except ValueError:
        said = ""
    return CallError(Mishap.REFUSED, code, said=said[:_LONGEST_ERROR])


async def _bounded(answer: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > _LONGEST_ANSWER:
            raise CallError(Mishap.UNKNOWN, "too-large")
    return bytes(content)


def _items(content: bytes, format_: str) -> list[Item]:
    """The members of each item of a list, as texts; raises ValueError."""
    return _from_xml(content) if format_ == "xml" else _from_json(content)


def _from_json(content: bytes) -> list[Item]:
    found = json.loads(content)
    if isinstance(found, dict):  # some endpoints keep the wrapper that the specification drops
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ValueError("no list of objects")
    return [{name: _plain(str(value)) for name, value in item.items() if value is not None} for item in found]


def _from_xml(content: bytes) -> list[Item]:
    text = content.decode()  # a UnicodeDecodeError is a ValueError
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("declarations are not read")
    try:
        root: Element = fromstring(text)  # noqa: S314 - it declares nothing
    except ParseError as error:
        raise ValueError("no XML") from error
    return [{member.tag: _plain(member.text or "") for member in item} for item in root]


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable() or char == "\n").strip()
