# SPDX-License-Identifier: EUPL-1.2
"""A mail has come: keep it, sealed, and tell that it is there; or count it where a program wrote it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex, UnreadableError
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_notifications import events
from parvis_notifications.db import conversations, inbound_messages
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.inbound_tables import Conversation
from parvis_notifications.domain.inbound import Automatic, Held, InboundMail, Way, held, without_files
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address
from parvis_notifications.settings import Settings

CONTENT: Final = "inbound_message.content"
FILE_NAME: Final = "inbound_file.name"
_HOUR: Final = timedelta(hours=1)
_MAILS: Final = Counter("parvis_inbound_mails_total", "Mails that came in, by what became of them", ["outcome"])
_AUTOMATIC: Final = Counter("parvis_inbound_automatic_total", "Mails that programs wrote", ["kind"])


class Outcome(Enum):
    """What became of a mail."""

    KEPT = auto()
    KNOWN = auto()
    """It had come before."""
    AUTOMATIC = auto()
    NO_ADDRESS = auto()
    """The conversation was forgotten long ago."""
    REVOKED = auto()
    """Somebody took the address back; later mails bear another."""
    TOO_MANY = auto()
    """More came in the last hour than people write: a loop, or worse. It may come again later."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """To what a mail was written: the name of a reply address, or an address of a town's; one of the two is None."""

    address: str
    reply_name: UUID | None = None
    collectivity: str | None = None


Reading = Callable[[bytes], Awaitable[InboundMail]]


class ReceiveMail:
    """The use case, with what it needs."""

    def __init__(
        self, database: Database, persons: PersonKeys, index: BlindIndex, settings: Settings, read: Reading
    ) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._settings = settings
        self._read = read

    async def receive(self, to: Addressee, content: bytes, *, null_sender: bool) -> Outcome:
        """Keep it, in one transaction with its event; only then may it be accepted. Safe to repeat."""
        mail = await self._read(content)
        automatic = Automatic.NULL_SENDER if null_sender else mail.automatic
        if automatic is not None:
            _AUTOMATIC.labels(automatic.value).inc()
            outcome = Outcome.AUTOMATIC
        else:
            outcome = await self._keep(to, mail)
        _MAILS.labels(outcome.name.lower().replace("_", "-")).inc()
        return outcome

    async def _keep(self, to: Addressee, mail: InboundMail) -> Outcome:
        now = datetime.now(UTC)
        async with self._database.unit_of_work() as uow:
            named = await conversations.named(uow.session, to.reply_name) if to.reply_name else (None, False)
            found, revoked = named
            collectivity = found.collectivity if found else to.collectivity
            if collectivity is None:
                return Outcome.NO_ADDRESS
            fingerprint = self._fingerprint(to, mail)
            if await inbound_messages.known(uow.session, collectivity, fingerprint):
                return Outcome.KNOWN
            if revoked:
                return Outcome.REVOKED
            reason = await self._held(uow.session, found, mail, now)
            if reason is Held.SPAM:
                mail = without_files(mail)
            if await self._too_many(uow.session, collectivity, found, mail, now):
                return Outcome.TOO_MANY
            row = {
                "collectivity": collectivity,
                "conversation": found.id if found else None,
                "request_id": found.request_id if found else None,
                "person": found.person if found else None,
                "held": reason.value if reason else None,
                "fingerprint": fingerprint,
                "size": sum(len(each.content) for each in mail.files),
                "received_at": now,
            }
            outcome = await self._store(uow.session, mail, row)
            await uow.commit()
        return outcome

    async def _too_many(
        self, session: AsyncSession, collectivity: str, found: Conversation | None, mail: InboundMail, now: datetime
    ) -> bool:
        """More than people write; of what strangers send what has files waits sooner."""
        settings, conversation = self._settings, found.id if found else None
        most = settings.replies_per_hour if conversation else settings.inbound_per_hour
        if await inbound_messages.count(session, collectivity, conversation, now - _HOUR, most) >= most:
            return True
        if conversation or not mail.files:
            return False
        taken = await inbound_messages.bytes_of_strangers(session, collectivity, now - _HOUR, most)
        if taken >= settings.inbound_bytes_per_hour:
            return True
        return await inbound_messages.bytes_waiting(session, collectivity) >= settings.inbound_bytes_waiting

    async def _held(
        self, session: AsyncSession, found: Conversation | None, mail: InboundMail, now: datetime
    ) -> Held | None:
        if found is None:
            return Held.SPAM if mail.spam else Held.DIRECT
        good_for = timedelta(days=self._settings.reply_address_days)
        live = found.told_at > now - good_for
        return held(mail, known_sender=await self._known(session, found.id, mail.sender), live=live)

    async def _known(self, session: AsyncSession, conversation: UUID, sender: str) -> bool:
        """Whether one of its mails went to that address."""
        rows = await conversations.recipients(session, conversation) if sender else []
        keys = await self._persons.of_many({row.person for row in rows})
        for row in rows:
            key = keys.get(row.person)
            try:
                known = normal_address(key.open(SEALED_ADDRESS, row.address)) if key else ""
            except (UnreadableError, BadAddressError):
                continue
            if known.lower() == sender.lower():
                return True
        return False

    def _fingerprint(self, to: Addressee, mail: InboundMail) -> bytes:
        # Some programs give all their mails one Message-ID; trace headers differ each time that a mail is brought.
        words = f"{mail.message_id}\n{mail.sender}\n{mail.subject}\n{mail.text}"
        name = sha256(words.encode("utf-8", "replace")).hexdigest() if mail.message_id else mail.digest.hex()
        return self._index.of("inbound_message.fingerprint", f"{to.address.lower()}\n{name}")

    async def _store(self, session: AsyncSession, mail: InboundMail, row: Mapping[str, Any]) -> Outcome:
        id_, way = uuid7(), Way.EMAIL.value
        key = await self._persons.of(id_)
        content = key.seal(CONTENT, _content(mail))
        if not await inbound_messages.add(session, id=id_, way=way, content=content, **row):
            await self._persons.destroy(id_)  # it came twice at once
            return Outcome.KNOWN
        for position, file in enumerate(mail.files):
            inbound_messages.add_file(
                session,
                message_id=id_,
                position=position,
                collectivity=row["collectivity"],
                name=key.seal(FILE_NAME, file.name),
                content=await asyncio.to_thread(key.seal_bytes, f"inbound_file/{position}", file.content),
                size=len(file.content),
            )
        told = events.message_received(
            message_id=id_,
            way=way,
            request_id=row["request_id"],
            collectivity=row["collectivity"],
            at=row["received_at"],
        )
        await outbox.add(session, told)
        return Outcome.KEPT


def _content(mail: InboundMail) -> str:
    return json.dumps(
        {
            "sender": mail.sender,
            "sender_name": mail.sender_name,
            "subject": mail.subject,
            "text": mail.text,
            "left_out": list(mail.left_out),
        },
        ensure_ascii=False,
    )
