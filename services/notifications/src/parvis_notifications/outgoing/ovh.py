# SPDX-License-Identifier: EUPL-1.2
"""Text messages by OVHcloud's SMS, version 1.0 of its API.

https://eu.api.ovh.com/console/?section=/sms, its schema at https://eu.api.ovh.com/1.0/sms.json; what its codes say,
https://docs.ovhcloud.com/fr/guides/web-cloud/messaging/sms/tout-savoir-sur-les-utilisateurs-sms.

A message bears a tag of ours, made of its number and words by the application's secret: by it one whose answer was lost
is found, and no number stands in an address.
"""

import asyncio
from base64 import b32encode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from hmac import digest
from typing import Any, Final

from parvis_notifications.domain.sms import length
from parvis_notifications.outgoing.ovh_account import (
    OvhAccount,
    OvhKeys,
    OvhRefusedError,
    OvhUnansweredError,
    OvhUnreachableError,
)
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

# States of a receipt (`deliveryReceipt`): all others are of what is under way.
_SUCCESS: Final = 1
_FAILED: Final = frozenset({2, 16})
# What its code (`ptt`) says of one that failed; what says nothing of the telephone is no reason to write to it no more.
_FATES: Final = {
    8: SmsFate.EXPIRED,
    21: SmsFate.EXPIRED,  # its owner had no credit until its time was over
    23: SmsFate.LOST,  # no such number, or barred for good
    24: SmsFate.EXPIRED,  # switched off, or out of reach
    25: SmsFate.EXPIRED,  # trouble in the operator's network
    26: SmsFate.EXPIRED,  # the telephone is full, or busy
    27: SmsFate.LOST,  # it can take no text messages
    74: SmsFate.EXPIRED,  # abroad
}
_NOBODY_KNOWS: Final = 6
_CODINGS: Final = {"gsm-7": "7bit", "ucs-2": "8bit"}
_TAG: Final = 20
_MOST_WAITING: Final = 100
# All calls for one message together: others wait to be asked about.
_ASK_SECONDS: Final = 60.0
# Between two clocks.
_TOLERANCE: Final = timedelta(seconds=60)


class Ovh:
    """A service of an account there, by which one application sends."""

    def __init__(self, settings: SmsProviderSettings, *, timeout: float) -> None:
        self.name = settings.name
        self.town = settings.collectivity
        self._settings = settings
        keys = OvhKeys(settings.application_key, settings.secret, settings.consumer_key)
        self._account = OvhAccount(settings.url, settings.account, keys, timeout=timeout)

    async def submit(self, sms: Sms) -> SmsReport:
        """Add a job; the answer tells its number. Of no other refusal than of the number it tells why."""
        try:
            found = await self._account.create("jobs", self._job(sms))
        except OvhRefusedError as error:
            refusal = SmsRefusal.ELSEWHERE if error.alone else SmsRefusal.TROUBLE
            raise SmsRefusedError(refusal, str(error)) from error
        except OvhUnansweredError as error:
            raise SmsUnansweredError(str(error)) from error
        ids = found.get("ids")
        if isinstance(ids, list) and len(ids) == 1 and type(ids[0]) is int:
            return SmsReport(str(ids[0]), SmsFate.UNDER_WAY, "taken", None, self._cost(found, "totalCreditsRemoved"))
        if ids == [] and found.get("invalidReceivers"):
            raise SmsRefusedError(SmsRefusal.NUMBER, "invalid-receiver", surely=False)
        raise SmsUnansweredError("no-id")

    def _job(self, sms: Sms) -> dict[str, Any]:
        # Who answers to the short number answers to one town: another's messages have its name.
        answerable = self._settings.answerable and self.town in {"", sms.collectivity}
        # With the clause a message is advertising: it bears a mention, and waits for the morning.
        job: dict[str, Any] = {
            "charset": "UTF-8",
            "class": "phoneDisplay",
            "coding": _CODINGS[length(sms.text).encoding],
            "message": sms.text,
            "noStopClause": True,
            "priority": "high",
            "receivers": [sms.to],
            "senderForResponse": answerable,
            "tag": self._tag(sms),
        }
        return job if answerable else job | {"sender": self._settings.sender}

    async def report(self, reference: str) -> SmsReport | None:
        """Among those that went out, or that wait for their turn."""
        if not reference.isascii() or not reference.isdigit():
            return None
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                return await self._found(int(reference))
        except OvhUnreachableError as error:
            raise SmsUnreachableError(str(error)) from error
        except TimeoutError as error:
            raise SmsUnreachableError("too-slow") from error

    async def find(self, sms: Sms, since: datetime, known: Collection[str]) -> SmsReport | None:
        """By our tag; what waits for its turn bears none, and is known by its words."""
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                return await self._search(sms, since, known)
        except OvhUnreachableError as error:
            raise SmsUnreachableError(str(error)) from error
        except TimeoutError as error:
            raise SmsUnreachableError("too-slow") from error

    async def _search(self, sms: Sms, since: datetime, known: Collection[str]) -> SmsReport | None:
        # In this order: what goes out meanwhile is in the second list.
        waiting = await self._account.numbers("jobs", {})
        tagged = {"tag": self._tag(sms), "creationDatetime.from": _instant(since - _TOLERANCE)}
        for number in await self._account.numbers("outgoing", tagged):
            if str(number) not in known and (report := await self._found(number)) is not None:
                return report
        fresh = [number for number in waiting if str(number) not in known]
        if len(fresh) > _MOST_WAITING:
            raise SmsUnreachableError("too-many-waiting")
        for number in fresh:
            if (report := await self._found(number, sms)) is not None:
                return report
        return None

    async def incoming(self, since: datetime, until: datetime) -> list[int]:
        """The numbers of what people answered from then to then, the first ones first. Raises SmsUnreachableError."""
        span = {"creationDatetime.from": _instant(since), "creationDatetime.to": _instant(until)}
        try:
            return await self._account.numbers("incoming", span)
        except OvhUnreachableError as error:
            raise SmsUnreachableError(str(error)) from error

    async def answer(self, number: int) -> dict[str, Any] | None:
        """What somebody answered; None where it is there no more. Raises SmsUnreachableError."""
        try:
            return await self._account.one("incoming", number)
        except OvhUnreachableError as error:
            raise SmsUnreachableError(str(error)) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._account.close()

    async def _found(self, number: int, sms: Sms | None = None) -> SmsReport | None:
        """What became of one; where a message is given, of none but one of its number and words."""
        gone = await self._account.one("outgoing", number)
        waits = await self._account.one("jobs", number) if gone is None else None
        # Between the two it may have gone out.
        found = gone or waits or await self._account.one("outgoing", number)
        if found is None or (sms is not None and not _is(found, sms)):
            return None
        return self._told(number, found, waits=found is waits)

    def _told(self, number: int, found: dict[str, Any], *, waits: bool) -> SmsReport:
        receipt, code, segments = found.get("deliveryReceipt"), found.get("ptt"), found.get("numberOfSms")
        fate = SmsFate.UNDER_WAY
        if not waits and code != _NOBODY_KNOWS:
            if receipt == _SUCCESS:
                fate = SmsFate.DELIVERED
            elif receipt in _FAILED:
                fate = _FATES.get(code, SmsFate.REJECTED) if type(code) is int else SmsFate.REJECTED
        status = "waits" if waits else f"dlr {_digits(receipt)} ptt {_digits(code)}"
        counted = segments if type(segments) is int and segments > 0 else None
        return SmsReport(str(number), fate, status, counted, self._cost(found, "credits"))

    def _cost(self, found: dict[str, Any], name: str) -> int | None:
        """Credits at what one costs; None where that is not told."""
        told, price = found.get(name), self._settings.segment_millicents
        return round(told * price) if price and isinstance(told, int | float) else None

    def _tag(self, sms: Sms) -> str:
        """Twenty characters, which a tag has at most."""
        key, said = self._settings.secret.get_secret_value(), f"{sms.to}\n{sms.text}"
        return b32encode(digest(key.encode(), said.encode(), "sha256")).decode()[:_TAG]


def _is(found: dict[str, Any], sms: Sms) -> bool:
    """Whether it is of that number and those words."""
    to = str(found.get("receiver")).removeprefix("+").removeprefix("00")
    return to == sms.to.removeprefix("+") and found.get("message") == sms.text


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _digits(told: Any) -> str:
    return str(told) if type(told) is int else "?"
