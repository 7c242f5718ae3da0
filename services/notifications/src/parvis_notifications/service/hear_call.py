# SPDX-License-Identifier: EUPL-1.2
"""What a provider brings of a call: a key that was pressed, which answers the alert, and that the call has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Language
from parvis_notifications.db import alerts, voice_calls
from parvis_notifications.db.broadcast_tables import Recipient
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.recipient_token import RecipientTokens
from parvis_notifications.domain.voice import REPLIES
from parvis_notifications.outgoing.twilio_voice import TwilioSigning, key_answer
from parvis_notifications.service.alert_speech import heard
from parvis_notifications.settings import Settings


class NotSignedError(Exception):
    """It is not signed by that provider for that address."""


@dataclass(frozen=True, slots=True)
class BroughtCall:
    """What came: ``url`` is the address as we gave it, ``token`` the call's name in it."""

    provider: str
    url: str
    token: str
    signature: str
    fields: Mapping[str, str]

    @property
    def reference(self) -> str:
        """The provider's name of the call."""
        return self.fields.get("CallSid", "")[:64]


def signed_number(brought: BroughtCall, tokens: RecipientTokens, settings: Settings) -> int:
    """The call that it is of; raises NotSignedError."""
    known = next((each for each in settings.voice_providers if each.name == brought.provider), None)
    number = tokens.read(brought.token)
    if known is None or number is None or not brought.reference:
        raise NotSignedError
    if not TwilioSigning(known).signed(brought.url, brought.fields, brought.signature):
        raise NotSignedError
    return number


async def hear_key(session: AsyncSession, number: int, brought: BroughtCall, now: datetime) -> str:
    """Keep the answer, and return what the call says then, as TwiML. Safe to repeat; raises NotFoundError.

    1 says that they are safe, 2 asks for help, any other that they heard of it: they may still answer.
    """
    key = brought.fields.get("Digits", "")[:1]
    # No key is no answer: who pressed none may not even have heard it.
    fresh = await voice_calls.keyed(session, number, brought.provider, brought.reference, key) if key else None
    recipient = fresh or await voice_calls.recipient_of(session, number, brought.provider)
    if recipient is None:
        raise NotFoundError
    row = await alerts.recipient(session, recipient)
    reply = REPLIES.get(key)
    if fresh is not None:
        _keep(row, reply, now)
        await session.flush()
    language: Language = "en" if row.language == "en" else "fr"
    return key_answer(heard(language, reply), None if reply else brought.url)


def _keep(row: Recipient, reply: Reply | None, now: datetime) -> None:
    row.acknowledged_at = row.acknowledged_at or now
    if reply is not None:
        row.answer, row.answered_at, row.helped_at = reply, now, None


async def hear_state(session: AsyncSession, number: int, brought: BroughtCall) -> None:
    """The call has changed: its provider is asked what became of it, and believed. Safe to repeat."""
    await voice_calls.look(session, number, brought.provider, brought.reference)
