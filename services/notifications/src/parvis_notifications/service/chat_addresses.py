# SPDX-License-Identifier: EUPL-1.2
"""A person gives an address of a messenger, and shows by a code that is sent to a room there that it is theirs.

One that they have confirmed stands until another is: a slip of the pen takes no channel away.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey
from parvis_kit.ids import uuid7
from parvis_kit.locale import Language
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import chats, inbox_positions, messages
from parvis_notifications.db.chat_tables import ChatAddress
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.domain.chat import CODE_LIFE, CODE_TRIES, CODES_A_DAY, CODES_TO_ONE, ChatState, chat_address
from parvis_notifications.domain.errors import (
    NoChatError,
    NotFoundError,
    StaleVersionError,
    TooManyCodesError,
    WrongCodeError,
)
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Reach
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.chat_routes import chats_offered
from parvis_notifications.service.templates import Templates, spoken_clock
from parvis_notifications.settings import Settings

SEALED_CHAT: Final = "chat_address.address"
_DAY: Final = timedelta(days=1)
_SOURCE: Final = "/parvis/notifications"


@dataclass(frozen=True, slots=True)
class ChatDesk:
    """What the use cases need of the process."""

    index: BlindIndex
    templates: Templates
    settings: Settings

    def mark(self, address: str) -> bytes:
        """The blind index of an address."""
        return chat_mark(self.index, address)

    def code_mark(self, row: UUID, code: str) -> bytes:
        """The blind index of a code that was sent for an address."""
        return self.index.of("chat_address.code", f"{row}/{code}")


@dataclass(frozen=True, slots=True)
class OpenChat:
    """An address in clear, and where it stands."""

    row: ChatAddress
    address: str

    @property
    def state(self) -> ChatState:
        """By its times."""
        if self.row.left_at is not None:
            return ChatState.LEFT
        return ChatState.PENDING if self.row.confirmed_at is None else ChatState.CONFIRMED


def chat_mark(index: BlindIndex, address: str) -> bytes:
    """The blind index of an address, whose letters differ by case."""
    return index.of("chat_address.mark", address)


async def give_address(
    session: AsyncSession,
    desk: ChatDesk,
    reader: Reader,
    given: str,
    language: Language,
    *,
    key: PersonKey,
    now: datetime,
) -> OpenChat:
    """Have a code sent there, in the caller's transaction.

    Raises NoChatError, ChatAddressError, or TooManyCodesError: whoever has the address is invited each time.
    """
    if not chats_offered(desk.settings, reader.collectivity):
        raise NoChatError
    address = chat_address(given)
    mark, since = desk.mark(address), now - _DAY
    await chats.lock(session, reader)
    if (
        await chats.asked_by(session, reader.person, since) >= CODES_A_DAY
        or await chats.asked_for(session, mark, since) >= CODES_TO_ONE
    ):
        raise TooManyCodesError
    row = await _pending(session, reader, mark)
    if row is None:
        row = ChatAddress(
            id=uuid7(),
            collectivity=reader.collectivity,
            person=reader.person,
            address=key.seal(SEALED_CHAT, address),
            mark=mark,
            version=0,
            created_at=now,
        )
        session.add(row)
    code = f"{secrets.randbelow(1_000_000):06}"
    row.code_mark, row.tries, row.expires_at = desk.code_mark(row.id, code), 0, now + CODE_LIFE
    row.version += 1
    chats.note_code(session, row, now)
    await session.flush()
    await _send(session, desk, row, address, code, language, key=key, now=now)
    return OpenChat(row, address)


async def _pending(session: AsyncSession, reader: Reader, mark: bytes) -> ChatAddress | None:
    """The one that waits already, with the room it has; another one that waits makes way."""
    for row in await chats.of_reader(session, reader):
        if row.confirmed_at is None:
            if row.mark == mark and row.left_at is None:
                return row
            await chats.remove(session, row)
    return None


async def _send(
    session: AsyncSession,
    desk: ChatDesk,
    row: ChatAddress,
    address: str,
    code: str,
    language: Language,
    *,
    key: PersonKey,
    now: datetime,
) -> None:
    """By the way of all messages; the inbox says only that a code was sent."""
    occasion, expires_at = Template.CHAT_TO_CONFIRM, now + CODE_LIFE
    words = desk.templates.words(occasion, language)
    until = spoken_clock(expires_at, language, desk.settings.clock(row.collectivity))
    said = desk.templates.sms(occasion, language, code=code, time=until)
    text = f"{desk.settings.sender_name(row.collectivity)} : {said}"
    message_id = uuid7()
    await messages.add(
        session,
        id=message_id,
        collectivity=row.collectivity,
        person=row.person,
        position=await inbox_positions.advance(session, row.collectivity, row.person),
        event_source=_SOURCE,
        event_id=message_id,
        template=occasion,
        language=language,
        subject=key.seal("message.subject", words.subject),
        body=key.seal("message.body", words.body),
        sms=key.seal("message.sms", text),
        link=desk.settings.account_url.format(public_url=desk.settings.public_url),
        invitation=None,
        created_at=now,
    )
    messages.add_delivery(
        session,
        id=uuid7(),
        message_id=message_id,
        channel=Channel.CHAT,
        target=row.id,
        collectivity=row.collectivity,
        address=key.seal(SEALED_ADDRESS, address),
        not_before_at=None,
        due_at=now,
        useless_at=expires_at,
        traceparent=current_traceparent(),
        created_at=now,
    )


async def confirm_address(
    session: AsyncSession, desk: ChatDesk, reader: Reader, address_id: UUID, code: str, now: datetime
) -> ChatAddress | None:
    """The address as it stands from now on, or None for a wrong code; in both cases the caller commits.

    Raises NotFoundError for one that is not, or no longer, to be confirmed: also after five wrong codes.
    """
    await chats.lock(session, reader)
    row = await chats.one(session, reader, address_id, locked=True)
    if row.confirmed_at is not None:
        return row  # by the same call before
    waits = row.code_mark is not None and row.expires_at is not None
    if not waits or row.expires_at is None or row.expires_at <= now or row.tries >= CODE_TRIES:
        raise NotFoundError
    row.tries += 1
    if not secrets.compare_digest(row.code_mark or b"", desk.code_mark(row.id, code)):
        await session.flush()
        return None
    before = await chats.confirmed(session, reader.person, reader.collectivity)
    if before is not None:
        await chats.remove(session, before)
    row.confirmed_at, row.code_mark, row.expires_at, row.left_at = now, None, None, None
    row.version += 1
    await session.flush()
    return row


def right_code(row: ChatAddress | None) -> ChatAddress:
    """The same once it has been committed; raises WrongCodeError."""
    if row is None:
        raise WrongCodeError
    return row


async def list_addresses(session: AsyncSession, reader: Reader, key: PersonKey) -> Sequence[OpenChat]:
    """The reader's own."""
    return [open_chat(row, key) for row in await chats.of_reader(session, reader)]


async def read_address(session: AsyncSession, reader: Reader, address_id: UUID, key: PersonKey) -> OpenChat:
    """One of the reader's own; raises NotFoundError."""
    return open_chat(await chats.one(session, reader, address_id), key)


async def forget_address(session: AsyncSession, reader: Reader, address_id: UUID, *, version: int) -> None:
    """Nothing goes there any more; raises NotFoundError, StaleVersionError."""
    row = await chats.one(session, reader, address_id, locked=True)
    if row.version != version:
        raise StaleVersionError
    await chats.remove(session, row)


def open_chat(row: ChatAddress, key: PersonKey) -> OpenChat:
    """In clear."""
    return OpenChat(row, key.open(SEALED_CHAT, row.address))


def reseal_chat(row: ChatAddress, old: PersonKey, new: PersonKey) -> None:
    """With the key of the account that took the other's place."""
    row.address = new.seal(SEALED_CHAT, old.open(SEALED_CHAT, row.address))
    row.version += 1


def with_chat(reach: Reach, row: ChatAddress | None, key: PersonKey) -> Reach:
    """The same with the address in a messenger; who left its room is not reached there."""
    if row is None:
        return reach
    addresses = {**reach.addresses, Channel.CHAT: key.open(SEALED_CHAT, row.address)}
    unreachable = {*reach.unreachable, Channel.CHAT} if row.left_at is not None else reach.unreachable
    return replace(reach, addresses=addresses, unreachable=unreachable, chat=row.id)
