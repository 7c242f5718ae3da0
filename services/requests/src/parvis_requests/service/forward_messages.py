# SPDX-License-Identifier: EUPL-1.2
"""Send on to the body that handles a request what its author writes about it, and that they took it back.

By mySociety's ``servicerequestupdates``, each under the id of the message: a body that has it already says so, or
answers as before. Its photos go along as those of the request do; nothing else of the author is sent with it.
"""

from datetime import datetime, timedelta
from typing import Final

from parvis_kit.crypto.persons import KeyDestroyedError
from parvis_kit.locale import Text
from parvis_kit.logs import logger
from parvis_requests.db import forwardings, requests
from parvis_requests.db.forwardings import WaitingMessage
from parvis_requests.db.tables import ForwardedMessage, Message
from parvis_requests.domain.forwarding import ENDS, is_late, wait_after
from parvis_requests.domain.open311 import w3c_instant
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.outgoing.open311 import CallError, Mishap
from parvis_requests.service.message_photos import photo_fields, wait_for_antivirus
from parvis_requests.service.open311_endpoints import Forwarders, answers_again, endpoint_of, spare
from parvis_requests.service.received_files import without_refusals
from parvis_requests.service.tell_forwarding import name_of, say
from parvis_requests.service.write_message import open_words

_BATCH: Final = 50
_LEASE: Final = timedelta(minutes=2)
_A_MOMENT: Final = timedelta(seconds=30)
_LONGEST: Final = 4_000
_WITHDRAWN: Final = "La personne a retiré sa demande."
_WAITING, _SENT, _FAILED = "waiting", "sent", "failed"
_A_MESSAGE: Final = Text(fr="Un message de la personne", en="A message of the person")
_TAKING_BACK: Final = Text(fr="Le retrait de la demande", en="That the request was taken back")
_log = logger(__name__)


async def forward_messages(parts: Forwarders, now: datetime) -> int:
    """Send on what waits; returns how many were sent."""
    async with parts.database.reading() as session:
        due = await forwardings.messages_due(session, now, _BATCH)
    sent, resting = 0, set()
    for waiting in due:
        if waiting.body_id in resting:
            continue
        try:
            sent += await _send(parts, waiting, now)
        except CallError as error:
            if await spare(parts, waiting.body_id, error, now):
                resting.add(waiting.body_id)
        except Exception as error:  # noqa: BLE001 - its claim runs out, and it is sent again
            _log.warning("message_not_forwarded", message=str(waiting.message_id), error=type(error).__name__)
    return sent


async def _send(parts: Forwarders, waiting: WaitingMessage, now: datetime) -> bool:
    async with parts.database.unit_of_work() as uow:
        written = await uow.session.get(Message, waiting.message_id)
        if written is None:
            return False
        if await wait_for_antivirus(uow.session, written, waiting.body_id, now):
            # The wait is no try, and holds up nothing that is younger.
            await forwardings.put_off_message(uow.session, waiting.message_id, now, now + _A_MOMENT)
            await uow.commit()
            return False
        claimed = await forwardings.claim_message(uow.session, waiting.message_id, now, now + _LEASE)
        await uow.commit()
    if claimed is None:
        return False
    mine, message = claimed
    async with parts.database.reading() as session:
        found = await forwardings.one(session, mine.collectivity, mine.request_id)
        row = await requests.one(session, Actor.service(mine.collectivity), mine.request_id)
        try:
            key = await parts.persons.of(row.author)
            words = _WITHDRAWN if mine.withdraws else open_words(message, key, "fr")
            # Only what this service has put together in several languages ends with files that it left out.
            words = without_refusals(words, "fr") if message.translated else words
        except KeyDestroyedError:
            words = ""
        photos = await photo_fields(session, row, waiting.body_id, message.id, parts, now) if not mine.withdraws else []
    if found is None or not words:
        await _settle(parts, mine, _FAILED, now)
        return False
    forwarding, body = found
    status = forwarding.remote_status or "open"
    form = [
        ("service_request_id", forwarding.service_request_id or ""),
        ("update_id", str(message.id)),
        ("status", ("closed" if mine.withdraws or status in ENDS else status).upper()),
        ("updated_datetime", w3c_instant(message.created_at)),
        ("description", words[:_LONGEST]),
        *photos,
    ]
    try:
        update_id = await parts.calls.write_update(endpoint_of(body, parts.keys), form)
    except CallError as error:
        await _not_sent(parts, mine, message, error, now)
        raise
    async with parts.database.unit_of_work() as uow:
        # What the body tells of it is no news.
        if update_id:
            await forwardings.keep_update(uow.session, body.id, update_id, row, now)
        await forwardings.settle_message(uow.session, mine.message_id, _SENT, now)
        await uow.commit()
    await answers_again(parts, body.id)
    return True


async def _not_sent(
    parts: Forwarders, mine: ForwardedMessage, message: Message, error: CallError, now: datetime
) -> None:
    if error.mishap is Mishap.REFUSED and mine.tries > 1:
        # Sent before and not answered: most bodies refuse an ``update_id`` that they have.
        await _settle(parts, mine, _SENT, now)
    elif error.mishap is Mishap.REFUSED or is_late(message.created_at, now):
        await _settle(parts, mine, _FAILED, now, error)
    else:
        async with parts.database.unit_of_work() as uow:
            await forwardings.settle_message(uow.session, mine.message_id, _WAITING, now + wait_after(mine.tries))
            await uow.commit()


async def _settle(
    parts: Forwarders, mine: ForwardedMessage, state: str, now: datetime, error: CallError | None = None
) -> None:
    async with parts.database.unit_of_work() as uow:
        await forwardings.settle_message(uow.session, mine.message_id, state, now)
        found = await forwardings.one(uow.session, mine.collectivity, mine.request_id)
        if error and found:
            name, why = await name_of(uow.session, found[0]), error.said or error.code
            what = _TAKING_BACK if mine.withdraws else _A_MESSAGE
            words = Text(
                fr=f"{what.fr} n'a pas pu être transmis à {name.fr} : {why}",
                en=f"{what.en} could not be sent on to {name.en}: {why}",
            )
            await say(uow.session, found[0], Visibility.INTERNAL, words, parts.persons, now)
        await uow.commit()
