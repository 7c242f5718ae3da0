# SPDX-License-Identifier: EUPL-1.2
"""Keep what came in and belongs to no conversation, for an agent to qualify."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db import incoming_contacts, requests
from parvis_requests.db.tables import IncomingContact
from parvis_requests.domain.contact import ContactReason, ContactState
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import NOBODY, Actor
from parvis_requests.outgoing.inbound_messages import Received
from parvis_requests.service.received_files import NOT_FETCHED, NOT_KEPT, TOO_LARGE, KeptFiles, RefusedFile

CONTENT: Final = "incoming_contact.content"


@dataclass(frozen=True, slots=True)
class ContactWords:
    """Who wrote, as they say, and what; ``left_out`` are files that are not there: name, and why by language.

    ``call`` is what is known of a telephone call, which has no words: outcome, began_at, seconds.
    """

    sender: str
    sender_name: str
    subject: str
    text: str
    left_out: list[dict[str, Any]]
    call: dict[str, Any] | None = None


async def keep_contact(
    session: AsyncSession,
    contact_id: UUID,
    message: Received,
    kept: KeptFiles,
    collectivity: str,
    reason: ContactReason,
    *,
    persons: PersonKeys,
    now: datetime,
) -> IncomingContact:
    """Store it in the caller's transaction with its files, which are sealed with the contact's own key."""
    words = ContactWords(
        message.sender,
        message.sender_name,
        message.subject,
        message.text,
        _left_out(kept.refused, message.left_out, _why_it_never_came(message, reason)),
        message.call.model_dump(mode="json") if message.call else None,
    )
    key = await persons.of(contact_id)
    row = IncomingContact(
        id=contact_id,
        collectivity=collectivity,
        way=message.way,
        reason=reason.value,
        state=ContactState.OPEN.value,
        outcome=None,
        suggested=await _suggested(session, collectivity, message.request_id),
        request_id=None,
        content=key.seal(CONTENT, json.dumps(asdict(words), ensure_ascii=False)),
        version=1,
        received_at=message.received_at,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    for each in kept.files:
        each.contact_id = contact_id
        session.add(each)
    await incoming_contacts.record(session, row, NOBODY, "received", now)
    return row


async def _suggested(session: AsyncSession, collectivity: str, request_id: UUID | None) -> UUID | None:
    """The request that its reply address names, where it is one of the collectivity's."""
    if request_id is None:
        return None
    try:
        return (await requests.one(session, Actor.service(collectivity), request_id)).id
    except NotFoundError:
        return None


def _why_it_never_came(message: Received, reason: ContactReason) -> Text:
    if reason is ContactReason.SPAM:
        return NOT_KEPT
    return NOT_FETCHED if message.way in {"sms", "chat"} else TOO_LARGE


def _left_out(refused: Sequence[RefusedFile], never_came: Sequence[str], why: Text) -> list[dict[str, Any]]:
    found = [*refused, *(RefusedFile(name, why) for name in never_came)]
    return [{"name": each.name, "why": each.why.model_dump()} for each in found]
