# SPDX-License-Identifier: EUPL-1.2
"""A request that went along with another one goes its own way again."""

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.locale import Text
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import merges, requests, timers
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.request import Actor, Visibility
from parvis_requests.domain.team import Alert
from parvis_requests.service.alert_agents import alert_agents
from parvis_requests.service.follow_request import tell_followers
from parvis_requests.service.form import Form
from parvis_requests.service.workflow_timers import workflow_timers
from parvis_requests.service.write_message import store_words

_APART: Final = Text(
    fr="Votre demande est de nouveau suivie à part.", en="Your request is followed up on its own again."
)
_ALERTS: Final = {"merge": Alert.MERGED, "unmerge": Alert.PARTED}


async def hold_parent(session: AsyncSession, collectivity: str, child_id: UUID) -> None:
    """Lock the request with which that one goes along, if any: a parent is locked before its children."""
    await merges.one_at_a_time(session, collectivity)
    merge = await merges.of(session, child_id)
    if merge is not None:
        await requests.one(session, Actor.service(collectivity), merge.parent_id, lock=True)


async def part_request(
    session: AsyncSession,
    row: Row,
    actor: Actor,
    form: Form,
    *,
    holidays: Holidays,
    persons: PersonKeys,
    now: datetime,
) -> bool:
    """Let it go from the state in which it stands, if it went along with one; returns whether it did.

    The caller holds the parent locked, then the request. The timers of its state start anew: while it went along with
    another one, nobody could act on it. Its author is told, and those who follow it or have it in hand.
    """
    if not await merges.part(session, row.id):
        return False
    await timers.stop(session, row.id, timers.WORKFLOW)
    timers.start(session, requests.entity(row), workflow_timers(form.workflow, row.status, holidays, now))
    await tell_of_merge(session, row, actor, form, "unmerge", _APART, persons=persons, now=now)
    return True


async def tell_of_merge(
    session: AsyncSession,
    row: Row,
    actor: Actor,
    form: Form,
    action: str,
    words: Text,
    *,
    persons: PersonKeys,
    now: datetime,
) -> None:
    """Record that a request joined another one or left it, and tell its author so, and those who follow it.

    The agent who has it in hand is alerted, unless they did it: it waits for them no longer, or once more.
    """
    after = requests.entity(row).after_word()
    await requests.save(session, after, now)
    requests.record(session, after, actor, action, now)
    await outbox.add(session, events.stayed(after, action, now))
    await tell_followers(session, after, form, action, now)
    if after.assignee:  # what nobody has taken, nobody misses: the queue shows it
        await alert_agents(session, after, _ALERTS[action], now, by=actor.person)
    speaker = actor if actor.is_agent else Actor.service(row.collectivity)
    with suppress(KeyDestroyedError):  # nobody is left to be told
        after = after.after_word()
        await store_words(session, after, speaker, Visibility.PUBLIC, words, persons=persons, now=now)
    await session.flush()
    await session.refresh(row)
