# SPDX-License-Identifier: EUPL-1.2
"""What a provider brings of a call: a key that was pressed, and that the call has changed.

A key answers an alert; of a message it says that it was heard, or that no more are to be said.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.db.database import Database
from parvis_notifications.db import alerts, person_calls, voice_calls
from parvis_notifications.db.broadcast_tables import Recipient
from parvis_notifications.db.person_calls import CalledPerson
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.domain.languages import shipped
from parvis_notifications.domain.recipient_token import RecipientTokens
from parvis_notifications.domain.topic import Channel
from parvis_notifications.domain.voice import REPLIES
from parvis_notifications.outgoing.twilio_voice import key_answer
from parvis_notifications.service.alert_speech import heard
from parvis_notifications.service.signed_forms import BroughtForm, NotSignedError, checked
from parvis_notifications.service.stop_sms import stop_channel
from parvis_notifications.service.write_call import after_key, stops, tells, told_speech
from parvis_notifications.settings import Settings

_TRIES: Final = 5


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


async def hear_key(database: Database, persons: PersonKeys, number: int, brought: BroughtForm, now: datetime) -> str:
    """Keep the answer, and return what the call says then, as TwiML. Safe to repeat; raises NotFoundError.

    Of an alert 1 says that they are safe, 2 asks for help, any other that they heard of it: they may still answer. Of a
    message 1 has it said, 9 says that they want no more calls, any other that they heard of it. Raises
    StaleVersionError where somebody chooses all the time.
    """
    for _ in range(_TRIES - 1):
        with suppress(StaleVersionError):
            return await _kept(database, persons, number, brought, now)
    return await _kept(database, persons, number, brought, now)


async def _kept(database: Database, persons: PersonKeys, number: int, brought: BroughtForm, now: datetime) -> str:
    async with database.unit_of_work() as uow:
        said = await _heard(uow.session, number, brought, now)
        await uow.commit()
    return said if isinstance(said, str) else await _message_said(persons, said, brought.url)


async def _heard(session: AsyncSession, number: int, brought: BroughtForm, now: datetime) -> str | CalledPerson:
    """What the call says then, or whose message it is to say."""
    key = brought.fields.get("Digits", "")[:1]
    # No key is no answer: who pressed none may not even have heard it.
    fresh = await voice_calls.keyed(session, number, brought.provider, _reference(brought), key) if key else None
    found = fresh or await voice_calls.goes_to(session, number, brought.provider)
    if found is not None and found.delivery_id is not None:
        return await _message_heard(session, found.delivery_id, number, key, fresh=fresh is not None)
    if found is None or found.recipient is None:
        raise NotFoundError
    row = await alerts.recipient(session, found.recipient)
    reply = REPLIES.get(key)
    if fresh is not None:
        _keep(row, reply, now)
        await session.flush()
    language = shipped(row.language)
    return key_answer(heard(language, reply), None if reply else brought.url)


async def _message_heard(
    session: AsyncSession, delivery_id: UUID, number: int, key: str, *, fresh: bool
) -> str | CalledPerson:
    called = await person_calls.called_person(session, delivery_id, number)
    if tells(called, key):
        return called
    if fresh and stops(called, key):
        await stop_channel(session, called.person, called.collectivity, Channel.VOICE)
    return key_answer(after_key(called, key), None)


async def _message_said(persons: PersonKeys, called: CalledPerson, again_url: str) -> str:
    try:
        speech = told_speech(called, await persons.of(called.person))
    except KeyDestroyedError:  # erased while the telephone rang
        return key_answer(after_key(called, ""), None)
    return key_answer(speech, again_url)


def _keep(row: Recipient, reply: Reply | None, now: datetime) -> None:
    row.acknowledged_at = row.acknowledged_at or now
    if reply is not None:
        row.answer, row.answered_at, row.helped_at = reply, now, None


async def hear_state(session: AsyncSession, number: int, brought: BroughtForm) -> None:
    """The call has changed: its provider is asked what became of it, and believed. Safe to repeat."""
    await voice_calls.look(session, number, brought.provider, _reference(brought))
