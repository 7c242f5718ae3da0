# SPDX-License-Identifier: EUPL-1.2
"""An account with Twilio, or with who speaks as it does: one resource of its REST API, version 2010-04-01.

https://www.twilio.com/docs/usage/api; what all its resources have in common, above all which answers leave it open
whether something was made.
"""

import json
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from opentelemetry.propagate import inject
from pydantic import SecretStr

_MILLICENTS: Final = 100_000
# Between two clocks.
_TOLERANCE: Final = timedelta(seconds=60)
_CREATED, _OK, _BAD, _NOT_FOUND = 201, 200, 400, 404
# These may come from what stands before the provider, which has passed it on or has not.
_AMBIGUOUS: Final = frozenset({500, 502, 504})


class TwilioRefusedError(Exception):
    """Nothing was made.

    Attributes:
        reply: the status with the provider's code, never its words; the kind of error where nobody answered.
        code: the provider's code of a bad request (https://www.twilio.com/docs/api/errors), 0 where it named none; None
            where the trouble says nothing of what was to be made.
    """

    def __init__(self, reply: str, code: int | None) -> None:
        super().__init__(reply)
        self.reply = reply
        self.code = code


class TwilioUnansweredError(Exception):
    """It may have been made; the argument is a code for what happened."""


class TwilioUnreachableError(Exception):
    """Nobody could be asked; the argument is a code for what happened."""


class TwilioAccount:
    """One resource of an account, such as ``Messages``."""

    def __init__(self, url: str, account: str, secret: SecretStr, resource: str, *, timeout: float) -> None:
        self._path = f"/2010-04-01/Accounts/{account}/{resource}"
        self._listed = resource.lower()
        self._session = aiohttp.ClientSession(
            url,
            headers={"Authorization": aiohttp.encode_basic_auth(account, secret.get_secret_value())},
            timeout=aiohttp.ClientTimeout(total=timeout),
        )

    async def create(self, form: dict[str, str]) -> dict[str, Any]:
        """Make one; what it is then, with its ``sid``. Raises TwilioRefusedError or TwilioUnansweredError."""
        headers: dict[str, str] = {}
        inject(headers)
        try:
            async with self._session.post(f"{self._path}.json", data=form, headers=headers) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise TwilioRefusedError(type(error).__name__, None) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TwilioUnansweredError(type(error).__name__) from error
        if status in _AMBIGUOUS:
            raise TwilioUnansweredError(f"HTTP {status}")
        found = _object(body)
        if status != _CREATED:
            raise _refused(status, found)
        if not isinstance(found.get("sid"), str):
            raise TwilioUnansweredError("no-sid")
        return found

    async def one(self, sid: str) -> dict[str, Any] | None:
        """Fetch one; None where there is none. Raises TwilioUnreachableError."""
        found = await self._get(f"{self._path}/{sid}.json", {})
        if found is not None and "sid" not in found:
            raise TwilioUnreachableError("malformed")
        return found

    async def newest(self, to: str, since: datetime, most: int) -> list[dict[str, Any]]:
        """The newest to that number, at most so many, of those made since then. Raises TwilioUnreachableError."""
        found = await self._get(f"{self._path}.json", {"To": to, "PageSize": str(most)})
        try:
            return [
                each
                for each in (found or {})[self._listed]
                if parsedate_to_datetime(each["date_created"]) >= since - _TOLERANCE
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise TwilioUnreachableError("malformed") from error

    async def listed(self, query: dict[str, str], pages: int) -> tuple[list[dict[str, Any]], bool]:
        """What the account has of it, the newest first, of so many pages at most; whether that is all.

        Raises TwilioUnreachableError.
        """
        items: list[dict[str, Any]] = []
        found = await self._get(f"{self._path}.json", query)
        for _ in range(pages):
            page, following = (found or {}).get(self._listed), (found or {}).get("next_page_uri")
            if not isinstance(page, list):
                raise TwilioUnreachableError("malformed")
            items += [each for each in page if isinstance(each, dict)]
            if not following:
                return items, True
            # Nowhere but to the same resource, whatever the answer says.
            if not isinstance(following, str) or not following.startswith(f"{self._path}.json?"):
                raise TwilioUnreachableError("malformed")
            found = await self._get(following, {})
        return items, False

    async def _get(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        try:
            async with self._session.get(path, params=query) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TwilioUnreachableError(type(error).__name__) from error
        if status == _NOT_FOUND:
            return None
        if status != _OK:
            raise TwilioUnreachableError(f"HTTP {status}")
        return _object(body)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def cost_millicents(found: dict[str, Any]) -> int | None:
    """What was charged, which is a negative number there; in euros or not at all."""
    if found.get("price") is None or str(found.get("price_unit")).upper() != "EUR":
        return None
    try:
        return int(abs(Decimal(str(found["price"]))) * _MILLICENTS)
    except InvalidOperation:
        return None


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(status: int, found: dict[str, Any]) -> TwilioRefusedError:
    code = found.get("code")
    known = code if isinstance(code, int) else None
    reply = str(status) if known is None else f"{status} {known}"
    return TwilioRefusedError(reply, (known or 0) if status == _BAD else None)
