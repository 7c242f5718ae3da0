# SPDX-License-Identifier: EUPL-1.2
"""Take what notifications holds for us: fetch it, store it once where it belongs, and have it destroyed there.

It is fetched outside of any transaction. What it says is stored in one, with the mark that it is; only then is
notifications told. A kill between any two of these is made up for at the next round.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from prometheus_client import Counter

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.db.database import Database
from parvis_kit.locale import Text
from parvis_kit.logs import logger
from parvis_requests.db import incoming_contacts, received_messages
from parvis_requests.db.received_messages import Claimed, ReceivedMessages
from parvis_requests.domain.contact import ContactReason, reason_of
from parvis_requests.outgoing.inbound_messages import InboundMessages, NotHeldError, Received
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.keep_contact import keep_contact
from parvis_requests.service.received_files import NO_ROOM, NOT_KEPT, FileKeeping, KeptFiles, RefusedFile, keep_files
from parvis_requests.service.thread_reply import NoConversationError, conversation_of, thread_reply

# Longer than fetching a message with its files may take, and looking at them.
_LEASE: Final = timedelta(minutes=10)
_LONGEST_SECONDS: Final = 3_600.0
# A wrong address, or a version that does not know the route, says "not found" as well.
_GONE_AFTER: Final = timedelta(days=7)
_log = logger(__name__)
_TAKEN: Final = Counter("parvis_received_messages_total", "Messages by other ways than the portal", ["outcome"])


@dataclass(frozen=True, slots=True)
class Taking:
    """What it needs."""

    database: Database
    catalogues: Catalogues
    keeping: FileKeeping
    holder: InboundMessages
    bytes_waiting: int
    """Of files of contacts of a collectivity that wait to be qualified, beyond which those of others are not kept."""


async def take_received(parts: Taking, clock: Callable[[], datetime]) -> int:
    """Take all that is due; returns how many. What fails waits, and holds up no other."""
    waiting, total = ReceivedMessages(parts.database.pool), 0
    while (claimed := await waiting.claim(_LEASE)) is not None:
        try:
            await take_one(parts, claimed, clock())
        except Exception as error:  # noqa: BLE001 - whatever it was, it waits there and here, and is tried again
            pause = min(2.0 ** min(claimed.attempts, 12), _LONGEST_SECONDS) * (0.5 + random.random() / 2)  # noqa: S311
            await waiting.later(claimed.id, timedelta(seconds=pause))
            _log.warning("received_message_waits", message=str(claimed.id), error=type(error).__name__)
        else:
            total += 1
    return total


async def take_one(parts: Taking, claimed: Claimed, now: datetime) -> None:
    """Take one that a worker has claimed; raises HolderDownError, or what the database does.

    What is not found there is asked for again for some days before it is given up.
    """
    if not claimed.stored:
        try:
            message = await parts.holder.fetch(claimed.id, claimed.collectivity)
        except NotHeldError:
            if now - claimed.noted_at < _GONE_AFTER:
                raise
            _log.error("received_message_gone", message=str(claimed.id))
            message = None
        if message is None:
            await ReceivedMessages(parts.database.pool).drop(claimed.id)
            return
        _TAKEN.labels(await _store(parts, claimed, message, now)).inc()
    await parts.holder.taken(claimed.id, claimed.collectivity)
    await ReceivedMessages(parts.database.pool).drop(claimed.id)


async def _store(parts: Taking, claimed: Claimed, message: Received, now: datetime) -> str:
    reason = reason_of(message.held) if message.held else None
    if reason is None:
        try:
            return await _thread(parts, claimed, message, now)
        except NoConversationError as error:
            reason = error.reason
        except KeyDestroyedError:
            reason = ContactReason.REQUEST_UNKNOWN  # its author was erased: nothing is read or written there any more
    kept = await _kept(parts, claimed, message, reason)
    async with parts.database.unit_of_work() as uow:
        if not await received_messages.stored(uow.session, claimed.id):
            return "known"
        await keep_contact(
            uow.session,
            claimed.id,
            message,
            kept,
            claimed.collectivity,
            reason,
            persons=parts.keeping.persons,
            now=now,
        )
        await uow.commit()
    return "contact"


async def _kept(parts: Taking, claimed: Claimed, message: Received, reason: ContactReason) -> KeptFiles:
    """The files of what an agent is to qualify; of spam, or where too many wait already, their names alone."""
    why = NOT_KEPT if reason is ContactReason.SPAM else await _no_room(parts, claimed.collectivity, message)
    if why is not None:
        return KeptFiles(claimed.id, [], [RefusedFile(each.name, why) for each in message.files])
    return await keep_files(claimed.id, claimed.collectivity, message.files, parts.keeping)


async def _no_room(parts: Taking, collectivity: str, message: Received) -> Text | None:
    """Why files of strangers are not kept, where agents have not qualified those that came before."""
    if not message.files:
        return None
    async with parts.database.reading() as session:
        waiting, too_many = await incoming_contacts.room_taken(session, collectivity)
    if waiting < parts.bytes_waiting and not too_many:
        return None
    _log.error("contact_files_not_kept", collectivity=collectivity)
    return NO_ROOM


async def _thread(parts: Taking, claimed: Claimed, message: Received, now: datetime) -> str:
    town = claimed.collectivity
    async with parts.database.reading() as session:
        row, _ = await conversation_of(session, message, town, parts.catalogues)
    # Whoever acts on the request does not wait while its files are looked at.
    kept = await keep_files(row.author, town, message.files, parts.keeping)
    async with parts.database.unit_of_work() as uow:
        if not await received_messages.stored(uow.session, claimed.id):
            return "known"
        await thread_reply(
            uow.session,
            message,
            kept,
            town,
            catalogues=parts.catalogues,
            persons=parts.keeping.persons,
            now=now,
        )
        await uow.commit()
    return "reply"
