# SPDX-License-Identifier: EUPL-1.2
"""Text messages and telephone calls that came in, in the form in which Twilio brings them, as others do.

https://www.twilio.com/docs/messaging/guides/webhook-request; of calls what a number's status callback tells, and the
action of a ``<Dial>`` that passed the call on (https://www.twilio.com/docs/voice/twiml/dial#action).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from parvis_notifications.domain.inbound import CallOutcome, InboundCall, InboundText

_NUMBER: Final = re.compile(r"\+[1-9][0-9]{3,14}")
# A number, a short number, or a word; those of other channels are `whatsapp:` and the like.
_SENDER: Final = re.compile(r"\+[1-9][0-9]{3,14}|[0-9A-Za-z][0-9A-Za-z .&_-]{0,19}")
_SID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
# What stands in the place of a number that was withheld or is not known: keys that spell such a word.
_WITHHELD: Final = frozenset({"+266696687", "+86282452253", "+2562533", "+7378742833", "+8656696", "+464"})
_OVER: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_ANSWERED: Final = frozenset({"completed", "answered"})
_LONGEST_TEXT: Final = 2_000
_MOST_FILES: Final = 10
_LISTED: Final = {"MessageSid": "sid", "From": "from", "To": "to", "Body": "body", "NumMedia": "num_media"}
_LONGEST_CALL: Final = 86_400
_CLOCKS: Final = timedelta(minutes=5)


class MalformedFormError(Exception):
    """It is signed, and says nothing that could be kept."""


@dataclass(frozen=True, slots=True)
class BroughtText:
    """A text message: ``sid`` is the provider's name for it, ``to`` the number that it came to."""

    sid: str
    to: str
    text: InboundText


@dataclass(frozen=True, slots=True)
class BroughtCall:
    """A telephone call that is over, as BroughtText is."""

    sid: str
    to: str
    call: InboundCall


def read_text(fields: Mapping[str, str]) -> BroughtText:
    """A text message; raises MalformedFormError. Files of an MMS are named by what they are, and not fetched."""
    sender, words = fields.get("From", ""), fields.get("Body", "")[:_LONGEST_TEXT]
    files = tuple(
        f"MMS {number + 1}: {fields.get(f'MediaContentType{number}', '?')[:100]}"
        for number in range(_number(fields.get("NumMedia"), _MOST_FILES))
    )
    if not _SENDER.fullmatch(sender) or not (words or files):
        raise MalformedFormError
    # The provider's own words for it may be others than ours: it has stopped its messages already.
    stop = fields.get("OptOutType") == "STOP"
    to = fields.get("To", "")
    return BroughtText(_sid(fields, "MessageSid"), to, InboundText(sender, words, files, stop=stop, recipient=to))


def read_listed(found: Mapping[str, Any]) -> tuple[BroughtText, datetime]:
    """A text message as the Messages resource lists it, and when it came in; raises MalformedFormError.

    https://www.twilio.com/docs/messaging/api/message-resource
    """
    fields = {form: str(found.get(name) or "").replace("\0", "") for form, name in _LISTED.items()}
    try:
        came_at = parsedate_to_datetime(str(found["date_sent"]))
    except (KeyError, ValueError) as error:
        raise MalformedFormError from error
    return read_text(fields), came_at if came_at.tzinfo else came_at.replace(tzinfo=UTC)


def read_call(fields: Mapping[str, str], now: datetime) -> BroughtCall | None:
    """A call that is over, None for one that goes on or that the town made; raises MalformedFormError.

    Somebody of the town spoke where the call was passed on and taken; where nothing tells of that, where it lasted.
    """
    sid, dialled = _sid(fields, "CallSid"), fields.get("DialCallStatus")
    status = fields.get("CallStatus", "") if dialled is None else dialled
    if status not in _OVER | _ANSWERED:
        return None
    if fields.get("Direction", "inbound") != "inbound":
        return None
    lasted = _number(fields.get("CallDuration" if dialled is None else "DialCallDuration"), _LONGEST_CALL)
    answered = status in _ANSWERED and (lasted > 0 or dialled is not None)
    caller = fields.get("From", "")
    known = bool(_NUMBER.fullmatch(caller)) and caller not in _WITHHELD
    call = InboundCall(
        caller if known else "",
        CallOutcome.ANSWERED if answered else CallOutcome.MISSED,
        _ended(fields, now) - timedelta(seconds=lasted),
        lasted if answered else 0,
    )
    return BroughtCall(sid, fields.get("To", ""), call)


def _sid(fields: Mapping[str, str], name: str) -> str:
    sid = fields.get(name, "")
    if not _SID.fullmatch(sid):
        raise MalformedFormError
    return sid


def _number(said: str | None, most: int) -> int:
    return min(int(said[:9]), most) if said and said.isascii() and said.isdigit() else 0


def _ended(fields: Mapping[str, str], now: datetime) -> datetime:
    """When it ended, as the provider says where that can be; a time to come is none."""
    try:
        told = parsedate_to_datetime(fields["Timestamp"])
    except (KeyError, ValueError):
        return now
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    return told if now - timedelta(days=1) < told < now + _CLOCKS else now
