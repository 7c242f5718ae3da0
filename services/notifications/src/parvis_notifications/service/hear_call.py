# SPDX-License-Identifier: EUPL-1.2
"""What a provider brings of a call: a key that was pressed, which answers the alert, and that the call has changed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.locale import Language
from parvis_notifications.db import alerts, voice_calls
from parvis_notifications.db.broadcast_tables import Recipient
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.recipient_token import RecipientTokens
from parvis_notifications.domain.voice import REPLIES
from parvis_notifications.outgoing.twilio_voice import key_answer
from parvis_notifications.service.alert_speech import heard
from parvis_notifications.service.signed_forms import BroughtForm, NotSignedError, checked
from parvis_notifications.settings import Settings


def signed_number(
    brought: BroughtForm, token: str, tokens: RecipientTokens, settings: Settings
) -> tuple[int, BroughtForm]:
    """The call that it is of, named by the token, and what is brought; raises NotSignedError."""
    form, number = checked(brought, settings.voice_providers), tokens.read(token)
    if number is None or not _reference(form):
        raise NotSignedError
    return number, form


def _reference(brought: BroughtForm) -> str:
    """The provider's name of the call."""
    return brought.fields.get("CallSid", "")[:64]


async def hear_key(session: AsyncSession, number: int, brought: BroughtForm, now: datetime) -> str:
    """Keep the answer, and return what the call says then, as TwiML. Safe to repeat; raises NotFoundError.

    1 says that they are safe, 2 asks for help, any other that they heard of it: they may still answer.
    """
    key = brought.fields.get("Digits", "")[:1]
    # No key is no answer: who pressed none may not even have heard it.
    fresh = await voice_calls.keyed(session, number, brought.provider, _reference(brought), key) if key else None
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


async def hear_state(session: AsyncSession, number: int, brought: BroughtForm) -> None:
    """The call has changed: its provider is asked what became of it, and believed. Safe to repeat."""
    await voice_calls.look(session, number, brought.provider, _reference(brought))
