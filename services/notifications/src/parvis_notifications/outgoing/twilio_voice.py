# SPDX-License-Identifier: EUPL-1.2
"""Calls by the Calls resource of Twilio's REST API, version 2010-04-01, which others serve as well.

https://www.twilio.com/docs/voice/api/call-resource; what is said is TwiML (https://www.twilio.com/docs/voice/twiml/say,
https://www.twilio.com/docs/voice/twiml/gather), answering machines are told by ``AnsweredBy``
(https://www.twilio.com/docs/voice/answering-machine-detection).
"""

from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from parvis_notifications.domain.voice import SPOKEN_AS, CallFate, Speech, minutes, seconds, shortened
from parvis_notifications.outgoing.twilio_account import (
    TwilioAccount,
    TwilioRefusedError,
    TwilioUnansweredError,
    TwilioUnreachableError,
    cost_millicents,
)
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
_PAGE: Final = 50
_WAIT_SECONDS: Final = 8
# Greeting, pauses and the wait for a key, on top of what is said.
_MARGIN_SECONDS: Final = 60


class TwilioVoice:
    """An account with Twilio, or with who speaks as it does."""

    def __init__(self, settings: VoiceProviderSettings, *, timeout: float, ring_seconds: int) -> None:
        self.name = settings.name
        self._settings = settings
        self._ring_seconds = ring_seconds
        self._account = TwilioAccount(settings.url, settings.account, settings.secret, "Calls", timeout=timeout)

    async def submit(self, call: Call) -> CallReport:
        """Create a call; the answer tells its SID."""
        speech = call.speech
        form = {
            "To": call.to,
            "From": self._settings.sender,
            "Twiml": twiml(call),
            "Timeout": str(self._ring_seconds),
            "TimeLimit": str(
                2 * seconds(speech.text) + 2 * seconds(speech.keys) + speech.more_seconds + _MARGIN_SECONDS
            ),
            "StatusCallback": call.ended_url,
            "StatusCallbackMethod": "POST",
        }
        if self._settings.detects_machines:
            form["MachineDetection"] = "DetectMessageEnd"
        try:
            return _report(await self._account.create(form))
        except TwilioRefusedError as error:
            kind = CallRefusal.TROUBLE if error.code is None else _REFUSALS.get(error.code, CallRefusal.ELSEWHERE)
            raise CallRefusedError(kind, error.reply) from error
        except TwilioUnansweredError as error:
            raise CallUnansweredError(str(error)) from error

    async def report(self, reference: str) -> CallReport | None:
        """Fetch one call."""
        try:
            found = await self._account.one(reference)
        except TwilioUnreachableError as error:
            raise CallUnreachableError(str(error)) from error
        return None if found is None else _report(found)

    async def find(self, to: str, since: datetime) -> list[CallReport]:
        """Among the newest calls to that number: what is said in them is not told."""
        try:
            found = await self._account.newest(to, since, _PAGE)
            return [_report(each) for each in found if each["from"] == self._settings.sender]
        except TwilioUnreachableError as error:
            raise CallUnreachableError(str(error)) from error
        except (KeyError, TypeError) as error:
            raise CallUnreachableError("malformed") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._account.close()


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
        cost_millicents=cost_millicents(found),
    )
