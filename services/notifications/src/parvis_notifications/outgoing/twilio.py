# SPDX-License-Identifier: EUPL-1.2
"""Text messages by the Messages resource of Twilio's REST API, version 2010-04-01, which others serve as well.

https://www.twilio.com/docs/messaging/api/message-resource; the codes of errors are those of
https://www.twilio.com/docs/api/errors.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from parvis_notifications.outgoing.sms import (
    Sms,
    SmsFate,
    SmsRefusal,
    SmsRefusedError,
    SmsReport,
    SmsUnansweredError,
    SmsUnreachableError,
)
from parvis_notifications.outgoing.twilio_account import (
    TwilioAccount,
    TwilioRefusedError,
    TwilioUnansweredError,
    TwilioUnreachableError,
    cost_millicents,
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
_FATES: Final = {
    "delivered": SmsFate.DELIVERED, "undelivered": SmsFate.LOST, "failed": SmsFate.REJECTED,
    "canceled": SmsFate.REJECTED,
}  # fmt: skip
_FATES_BY_ERROR: Final = {
    30003: SmsFate.EXPIRED,  # the handset is off or out of reach
    30004: SmsFate.LOST,  # the number takes no messages
    30005: SmsFate.LOST,  # no such number, or none any more
    30006: SmsFate.LOST,  # a landline
    30007: SmsFate.REJECTED,  # filtered
    30008: SmsFate.REJECTED,  # unknown
}
_PAGE: Final = 100
# The provider gives a thousand a page at most; a town's bound for an hour is far below ten thousand a day.
_LISTED_PAGE: Final = 200
_LISTED_PAGES: Final = 50


class Twilio:
    """An account with Twilio, or with who speaks as it does."""

    def __init__(self, settings: SmsProviderSettings, *, timeout: float) -> None:
        self.name = settings.name
        self._settings = settings
        self._account = TwilioAccount(settings.url, settings.account, settings.secret, "Messages", timeout=timeout)

    async def submit(self, sms: Sms) -> SmsReport:
        """Create a message; the answer tells its SID."""
        form = {"To": sms.to, "From": self._settings.sender, "Body": sms.text}
        try:
            return _report(await self._account.create(form))
        except TwilioRefusedError as error:
            kind = SmsRefusal.TROUBLE if error.code is None else _REFUSALS.get(error.code, SmsRefusal.ELSEWHERE)
            raise SmsRefusedError(kind, error.reply) from error
        except TwilioUnansweredError as error:
            raise SmsUnansweredError(str(error)) from error

    async def report(self, reference: str) -> SmsReport | None:
        """Fetch one message."""
        try:
            found = await self._account.one(reference)
        except TwilioUnreachableError as error:
            raise SmsUnreachableError(str(error)) from error
        return None if found is None else _report(found)

    async def find(self, sms: Sms, since: datetime, known: Collection[str]) -> SmsReport | None:
        """Among the newest messages to that number: the list has the newest first."""
        try:
            for each in await self._account.newest(sms.to, since, _PAGE):
                if each["body"] == sms.text and each["sid"] not in known:
                    return _report(each)
        except TwilioUnreachableError as error:
            raise SmsUnreachableError(str(error)) from error
        except (KeyError, TypeError) as error:
            raise SmsUnreachableError("malformed") from error
        return None

    async def received(self, number: str, day: date) -> tuple[Sequence[Mapping[str, Any]], bool]:
        """What came in to that number on that day of UTC, the oldest first, and whether that is all.

        Where it is not, the oldest are missing. Raises SmsUnreachableError.
        """
        query = {"To": number, "DateSent": day.isoformat(), "PageSize": str(_LISTED_PAGE)}
        try:
            found, whole = await self._account.listed(query, _LISTED_PAGES)
        except TwilioUnreachableError as error:
            raise SmsUnreachableError(str(error)) from error
        return [each for each in found[::-1] if each.get("direction") == "inbound"], whole

    async def close(self) -> None:
        """Close the connections."""
        await self._account.close()


def _report(found: dict[str, Any]) -> SmsReport:
    status = str(found.get("status"))
    error = found.get("error_code")
    fate = _FATES.get(status, SmsFate.UNDER_WAY)
    if fate in {SmsFate.LOST, SmsFate.REJECTED}:
        fate = _FATES_BY_ERROR.get(error or 0, fate)
    segments = str(found.get("num_segments") or "")
    return SmsReport(
        reference=str(found["sid"]),
        fate=fate,
        status=f"{status} {error}" if error else status,
        segments=int(segments) if segments.isdigit() and segments != "0" else None,
        cost_millicents=cost_millicents(found),
    )
