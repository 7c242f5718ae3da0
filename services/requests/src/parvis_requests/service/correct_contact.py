# SPDX-License-Identifier: EUPL-1.2
"""An agent corrects how somebody without an account is reached: what was taken down wrongly goes to a stranger."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import confirmations, reporters, requests
from parvis_requests.db.tables import Reporter
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.asking import Channel
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.ask_confirmation import ask_confirmation
from parvis_requests.service.keep_reporter import CONTACT, change_contact
from parvis_requests.service.read_request import record_access
from parvis_requests.service.write_message import store_words

# What the history calls it.
CONTACT_CORRECTED: Final = "contact"
# What the application said in which it was filed, and no agent knows better.
_OF_APPLICATION: Final = ("account_id", "device_id", "media_url")


@dataclass(frozen=True, slots=True)
class ContactCorrection:
    """How the person is reached from now on, of the version of the request that the agent saw, and why."""

    request_id: UUID
    version: int
    contact: Mapping[str, str]
    reason: str


async def correct_contact(
    session: AsyncSession,
    actor: Actor,
    said: ContactCorrection,
    *,
    kept: timedelta,
    persons: PersonKeys,
    index: BlindIndex,
    now: datetime,
) -> tuple[Row, dict[str, str]]:
    """Keep that contact instead, in the caller's transaction; the history says that, a note for agents why.

    An address that an agent took down is known to be theirs, as at the filing; one that they left themselves they
    confirm anew. Raises NotAllowedError, NotFoundError for who has an account, StaleVersionError, or KeyDestroyedError.
    """
    agent = for_agents(actor)
    row = await requests.one(session, agent, said.request_id, lock=True)
    reporter = await reporters.of(session, row.collectivity, row.author)
    if reporter is None:
        raise NotFoundError
    if row.version != said.version:
        raise StaleVersionError
    former: dict[str, str] = json.loads((await persons.of(row.author)).open(CONTACT, reporter.contact))
    contact = {name: former[name] for name in _OF_APPLICATION if name in former} | dict(said.contact)
    moved, taken_down = contact.get("email") != former.get("email"), row.channel != Channel.ONLINE
    since = reporter.confirmed_at if not moved else now if taken_down else None
    await change_contact(reporter, contact, persons=persons)
    reporter.confirmed_at = since
    after = requests.entity(row).after_word()
    await requests.save(session, after, now)
    requests.record(session, after, agent, CONTACT_CORRECTED, now)
    if moved:
        reached = taken_down and "email" in contact
        await outbox.add(session, events.contact_corrected(after, agent.person, now, receipt_due=reached))
        if not taken_down:
            await _confirm_anew(session, reporter, contact.get("email"), kept, persons, index, now)
    await record_access(session, row, agent, now)
    await store_words(session, after.after_word(), agent, Visibility.INTERNAL, said.reason, persons=persons, now=now)
    await session.flush()
    await session.refresh(row)
    return row, contact


async def _confirm_anew(
    session: AsyncSession,
    reporter: Reporter,
    email: str | None,
    kept: timedelta,
    persons: PersonKeys,
    index: BlindIndex,
    now: datetime,
) -> None:
    # The link that lies in the other mailbox confirms nothing any more.
    await confirmations.forget(session, reporter.person)
    if email:
        await ask_confirmation(session, reporter, email, None, kept=kept, persons=persons, index=index, now=now)
