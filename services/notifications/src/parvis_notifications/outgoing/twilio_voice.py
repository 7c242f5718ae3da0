# SPDX-License-Identifier: EUPL-1.2
"""Calls by the Calls resource of Twilio's REST API, version 2010-04-01, which others serve as well.

https://www.twilio.com/docs/voice/api/call-resource; what is said is TwiML (https://www.twilio.com/docs/voice/twiml/say,
https://www.twilio.com/docs/voice/twiml/gather), answering machines are told by ``AnsweredBy``
(https://www.twilio.com/docs/voice/answering-machine-detection), and what is brought back is signed as
https://www.twilio.com/docs/usage/security#validating-requests has it.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from hmac import compare_digest, digest
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import aiohttp
from opentelemetry.propagate import inject

from parvis_notifications.domain.voice import SPOKEN_AS, CallFate, Speech, minutes, seconds, shortened
from parvis_notifications.outgoing.voice import (
    Call,
    CallRefusal,
    CallRefusedError,
    CallReport,
    CallUnansweredError,
    CallUnreachableError,
)
from parvis_notifications.voice_settings import VoiceProviderSettings

LONGEST_TWIML: Final = 4_000
_REFUSALS: Final = {
    21201: CallRefusal.NUMBER,  # no 'To'
    21211: CallRefusal.NUMBER,  # invalid 'To'
    21214: CallRefusal.NUMBER,  # 'To' cannot be reached
    21217: CallRefusal.NUMBER,  # not a valid number
}
_FATES: Final = {
    "completed": CallFate.ANSWERED,
    "busy": CallFate.BUSY,
    "no-answer": CallFate.NO_ANSWER,
    "failed": CallFate.LOST,
    "canceled": CallFate.LOST,
}
_MACHINES: Final = frozenset({"machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax"})
_MILLICENTS: Final = 100_000
# Between two clocks.
_TOLERANCE: Final = timedelta(seconds=60)
_PAGE: Final = 50
_CREATED, _OK, _BAD, _NOT_FOUND = 201, 200, 400, 404
# These may come from what stands before the provider, which has passed the call on or has not.
_AMBIGUOUS: Final = frozenset({500, 502, 504})
_WAIT_SECONDS: Final = 8
# Greeting, pauses and the wait for a key, on top of what is said.
_MARGIN_SECONDS: Final = 60


class TwilioSigning:
    """Who knows an account's token checks what the provider brings."""

    def __init__(self, settings: VoiceProviderSettings) -> None:
        self._key = settings.secret.get_secret_value().encode()

    def signed(self, url: str, fields: Mapping[str, str], signature: str) -> bool:
        """Whether it signed these fields for that address."""
        what = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        wanted = b64encode(digest(self._key, what.encode(), "sha1"))
        return compare_digest(wanted, signature.encode("latin-1", "replace"))


class TwilioVoice:
    """An account with Twilio, or with who speaks as it does."""

    def __init__(self, settings: VoiceProviderSettings, *, timeout: float, ring_seconds: int) -> None:
        self.name = settings.name
        self._settings = settings
        self._ring_seconds = ring_seconds
        self._calls = f"/2010-04-01/Accounts/{settings.account}/Calls"
        self._session = aiohttp.ClientSession(
            settings.url,
            headers={"Authorization": aiohttp.encode_basic_auth(settings.account, settings.secret.get_secret_value())},
            timeout=aiohttp.ClientTimeout(total=timeout),
        )

    async def submit(self, call: Call) -> CallReport:
        """Create a call; the answer tells its SID."""
        speech = call.speech
        form = {
            "To": call.to,
            "From": self._settings.sender,
            "Twiml": twiml(call),
            "Timeout": str(self._ring_seconds),
            "TimeLimit": str(2 * seconds(speech.text) + 2 * seconds(speech.keys) + _MARGIN_SECONDS),
            "StatusCallback": call.ended_url,
            "StatusCallbackMethod": "POST",
        }
        if self._settings.detects_machines:
            form["MachineDetection"] = "DetectMessageEnd"
        headers: dict[str, str] = {}
        inject(headers)
        try:
            async with self._session.post(f"{self._calls}.json", data=form, headers=headers) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise CallRefusedError(CallRefusal.TROUBLE, type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CallUnansweredError(type(error).__name__) from error
        if status in _AMBIGUOUS:
            raise CallUnansweredError(f"HTTP {status}")
        found = _object(body)
        if status != _CREATED:
            raise _refused(status, found)
        if not isinstance(found.get("sid"), str):
            raise CallUnansweredError("no-sid")
        return _report(found)

    async def report(self, reference: str) -> CallReport | None:
        """Fetch one call."""
        found = await self._get(f"{self._calls}/{reference}.json", {})
        if found is not None and "sid" not in found:
            raise CallUnreachableError("malformed")
        return None if found is None else _report(found)

    async def find(self, to: str, since: datetime) -> list[CallReport]:
        """Among the newest calls to that number: what is said in them is not told."""
        found = await self._get(f"{self._calls}.json", {"To": to, "PageSize": str(_PAGE)})
        try:
            return [
                _report(each)
                for each in (found or {})["calls"]
                if each["from"] == self._settings.sender
                and parsedate_to_datetime(each["date_created"]) >= since - _TOLERANCE
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise CallUnreachableError("malformed") from error

    async def _get(self, path: str, query: dict[str, str]) -> dict[str, Any] | None:
        try:
            async with self._session.get(path, params=query) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CallUnreachableError(type(error).__name__) from error
        if status == _NOT_FOUND:
            return None
        if status != _OK:
            raise CallUnreachableError(f"HTTP {status}")
        return _object(body)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def twiml(call: Call) -> str:
    """What the call does: the text twice and the keys, then the wait for one; shorter where it has no room."""
    speech = call.speech
    for longest in range(seconds(speech.text), 0, -5):
        made = _twiml(call, shortened(speech.text, longest))
        if len(made) <= LONGEST_TWIML:
            return made
    return _twiml(call, "")


def _twiml(call: Call, text: str) -> str:
    said, keys = _say(call.speech.language, text), _say(call.speech.language, call.speech.keys)
    gather = f'<Gather numDigits="1" finishOnKey="" timeout="{_WAIT_SECONDS}" action={quoteattr(call.keys_url)}>'
    return f'<Response>{gather}{said}<Pause length="1"/>{said}{keys}</Gather></Response>'


def key_answer(speech: Speech, again_url: str | None) -> str:
    """What follows on a key: some words, then with an address the wait for another key, else the end."""
    said = _say(speech.language, speech.text)
    if again_url is None:
        return f"<Response>{said}<Hangup/></Response>"
    keys = _say(speech.language, speech.keys)
    gather = f'<Gather numDigits="1" finishOnKey="" timeout="{_WAIT_SECONDS}" action={quoteattr(again_url)}>'
    return f"<Response>{said}{gather}{keys}</Gather></Response>"


def _say(language: str, text: str) -> str:
    return f'<Say language="{SPOKEN_AS[language]}">{escape(text)}</Say>'


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(status: int, found: dict[str, Any]) -> CallRefusedError:
    code = found.get("code")
    reply = f"{status} {code}" if isinstance(code, int) else str(status)
    if status == _BAD:
        return CallRefusedError(_REFUSALS.get(code or 0, CallRefusal.ELSEWHERE), reply)
    return CallRefusedError(CallRefusal.TROUBLE, reply)


def _report(found: dict[str, Any]) -> CallReport:
    status, by = str(found.get("status")), str(found.get("answered_by") or "")
    fate = _FATES.get(status, CallFate.UNDER_WAY)
    if fate is CallFate.ANSWERED and by in _MACHINES:
        fate = CallFate.MACHINE
    duration = str(found.get("duration") or "")
    return CallReport(
        reference=str(found["sid"]),
        fate=fate,
        status=f"{status} {by}" if by else status,
        minutes=minutes(int(duration)) if duration.isdigit() else 0,
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
