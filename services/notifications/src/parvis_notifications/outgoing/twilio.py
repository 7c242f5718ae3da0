# SPDX-License-Identifier: EUPL-1.2
"""Text messages by the Messages resource of Twilio's REST API, version 2010-04-01, which others serve as well.

https://www.twilio.com/docs/messaging/api/message-resource; the codes of errors are those of
https://www.twilio.com/docs/api/errors.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from opentelemetry.propagate import inject

from parvis_notifications.outgoing.sms import (
    Sms,
    SmsFate,
    SmsRefusal,
    SmsRefusedError,
    SmsReport,
    SmsUnansweredError,
    SmsUnreachableError,
)
from parvis_notifications.sms_settings import SmsProviderSettings

_REFUSALS: Final = {
    21211: SmsRefusal.NUMBER,  # invalid 'To'
    21217: SmsRefusal.NUMBER,  # not a valid number
    21614: SmsRefusal.NUMBER,  # not a mobile number
    21610: SmsRefusal.STOPPED,  # the recipient has unsubscribed
    21602: SmsRefusal.CONTENT,  # no body
    21617: SmsRefusal.CONTENT,  # longer than 1,600 characters
}
_LOST: Final = frozenset({"undelivered", "failed", "canceled"})
_MILLICENTS: Final = 100_000
# Between two clocks.
_TOLERANCE: Final = timedelta(seconds=60)
_PAGE: Final = 100
_CREATED: Final = 201
_NOT_FOUND: Final = 404
_OK: Final = 200
# These may come from what stands before the provider, which has passed the message on or has not.
_AMBIGUOUS: Final = frozenset({500, 502, 504})


class Twilio:
    """An account with Twilio, or with who speaks as it does."""

    def __init__(self, settings: SmsProviderSettings, *, timeout: float) -> None:
        self.name = settings.name
        self._settings = settings
        self._messages = f"/2010-04-01/Accounts/{settings.account}/Messages"
        self._session = aiohttp.ClientSession(
            settings.url,
            headers={"Authorization": aiohttp.encode_basic_auth(settings.account, settings.secret.get_secret_value())},
            timeout=aiohttp.ClientTimeout(total=timeout),
        )

    async def submit(self, sms: Sms) -> SmsReport:
        """Create a message; the answer tells its SID."""
        form = {"To": sms.to, "From": self._settings.sender, "Body": sms.text}
        headers: dict[str, str] = {}
        inject(headers)
        try:
            async with self._session.post(f"{self._messages}.json", data=form, headers=headers) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SmsRefusedError(SmsRefusal.TROUBLE, type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SmsUnansweredError(type(error).__name__) from error
        if status in _AMBIGUOUS:
            raise SmsUnansweredError(f"HTTP {status}")
        found = _object(body)
        if status != _CREATED:
            raise _refused(status, found)
        if not isinstance(found.get("sid"), str):
            raise SmsUnansweredError("no-sid")
        return _report(found)

    async def report(self, reference: str) -> SmsReport | None:
        """Fetch one message."""
        found = await self._get(f"{self._messages}/{reference}.json", {})
        if found is not None and "sid" not in found:
            raise SmsUnreachableError("malformed")
        return None if found is None else _report(found)

    async def find(self, sms: Sms, since: datetime, known: Collection[str]) -> SmsReport | None:
        """Among the newest messages to that number: the list has the newest first."""
        found = await self._get(f"{self._messages}.json", {"To": sms.to, "PageSize": str(_PAGE)})
        try:
            for each in (found or {})["messages"]:
                alike = each["body"] == sms.text and each["sid"] not in known
                if alike and parsedate_to_datetime(each["date_created"]) >= since - _TOLERANCE:
                    return _report(each)
        except (KeyError, TypeError, ValueError) as error:
            raise SmsUnreachableError("malformed") from error
        return None

    async def _get(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        try:
            async with self._session.get(path, params=query) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SmsUnreachableError(type(error).__name__) from error
        if status == _NOT_FOUND:
            return None
        if status != _OK:
            raise SmsUnreachableError(f"HTTP {status}")
        return _object(body)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(status: int, found: dict[str, Any]) -> SmsRefusedError:
    code = found.get("code")
    reply = f"{status} {code}" if isinstance(code, int) else str(status)
    if status == 400:  # noqa: PLR2004 - HTTP
        return SmsRefusedError(_REFUSALS.get(code or 0, SmsRefusal.ELSEWHERE), reply)
    return SmsRefusedError(SmsRefusal.TROUBLE, reply)


def _report(found: dict[str, Any]) -> SmsReport:
    status = str(found.get("status"))
    fate = SmsFate.DELIVERED if status == "delivered" else SmsFate.LOST if status in _LOST else SmsFate.UNDER_WAY
    error = found.get("error_code")
    segments = str(found.get("num_segments") or "")
    return SmsReport(
        reference=str(found["sid"]),
        fate=fate,
        status=f"{status} {error}" if error else status,
        segments=int(segments) if segments.isdigit() and segments != "0" else None,
        cost_millicents=_cost(found),
    )


def _cost(found: dict[str, Any]) -> int | None:
    """What was charged, which is a negative number there; in euros or not at all."""
    if found.get("price") is None or str(found.get("price_unit")).upper() != "EUR":
        return None
    try:
        return int(abs(Decimal(str(found["price"]))) * _MILLICENTS)
    except InvalidOperation:
        return None
