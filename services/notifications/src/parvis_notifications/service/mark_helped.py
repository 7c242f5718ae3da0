# SPDX-License-Identifier: EUPL-1.2
"""An agent says that somebody who asked for help has been helped, or that this was wrong; each time is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys
from parvis_kit.security.principal import Principal
from parvis_notifications.db import alerts, help_marks, register, subscribers
from parvis_notifications.db.broadcast_tables import Recipient
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.errors import HelpMovedError, NoteRefusedError, NotFoundError
from parvis_notifications.domain.subscribing import SubscriberKind


@dataclass(frozen=True, slots=True)
class HelpMove:
    """Whether they were helped, the call for help that is meant by its time, and what there is to know of it."""

    helped: bool
    answered_at: datetime
    note: str | None


async def mark_helped(
    session: AsyncSession,
    persons: PersonKeys,
    agent: Principal,
    alert_id: UUID,
    number: int,
    move: HelpMove,
    now: datetime,
) -> Recipient:
    """Keep it, in the transaction that keeps who did it.

    Raises NotFoundError; HelpMovedError where they did not ask for help, have asked again since, or it stands so
    already: nobody is taken off the list who called after the agent looked. NoteRefusedError where nothing is known of
    them any more with whose key the note could be sealed.
    """
    await alerts.one(session, agent.collectivity, alert_id)
    row = await help_marks.asking(session, alert_id, number)
    same = row.answer == Reply.HELP and row.answered_at == move.answered_at
    if not same or (row.helped_at is not None) == move.helped:
        raise HelpMovedError
    who = await _subscriber(session, row.subscriber_id)
    note = None
    if move.note is not None:
        note = (await _key(persons, who)).seal(help_marks.SEALED_NOTE, move.note)
    row.helped_at = now if move.helped else None
    help_marks.add(
        session,
        row,
        agent=agent.person,
        helped=move.helped,
        note=note,
        key_person=who.key_person if who else None,
        now=now,
    )
    entry = who.id if who is not None and who.kind == SubscriberKind.REGISTER else None
    act = "helped" if move.helped else "help-reopened"
    register.note_access(session, agent.collectivity, agent.person, act, now, entry=entry, alert=alert_id)
    await session.flush()
    return row


async def _subscriber(session: AsyncSession, subscriber_id: UUID) -> Subscriber | None:
    try:
        # Locked: a merge that takes the account over seals its notes anew.
        return await subscribers.one(session, subscriber_id, locked=True)
    except NotFoundError:
        return None


async def _key(persons: PersonKeys, who: Subscriber | None) -> PersonKey:
    if who is None:
        raise NoteRefusedError
    try:
        return await persons.of(who.key_person)
    except KeyDestroyedError as error:
        raise NoteRefusedError from error
