# SPDX-License-Identifier: EUPL-1.2
"""What a transition brings about, whoever makes it: the new state, its history, its event, timers and messages."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import requests, timers
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.timers import WORKFLOW, NewTimer
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.workflow import Announcement, Facts, Transition, Workflow
from parvis_requests.service.write_message import store_words


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that its actor may make, and why they make it."""

    workflow: Workflow
    transition: Transition
    actor: Actor
    reason: str | None
    holidays: Holidays
    now: datetime


async def move_request(session: AsyncSession, row: Row, move: Move, *, persons: PersonKeys) -> Request:
    """Make the move in the caller's transaction, which holds the row locked; returns the request as it then is.

    The reason and the messages of the workflow are acts of their own after it. Raises ConditionError,
    StaleVersionError, or KeyDestroyedError where a reason is to be told to a person who was erased.
    """
    before = requests.entity(row)
    facts = await _facts(session, row, move, persons)
    after = before.after(move.transition, move.actor, facts, now=move.now, holidays=move.holidays)
    await requests.save(session, after, move.now)
    requests.record(session, after, move.actor, move.transition.code, move.now)
    await outbox.add(session, events.moved(before, after, move.transition, move.now))
    await timers.stop(session, after.id, WORKFLOW)
    timers.start(
        session,
        after,
        [
            NewTimer(WORKFLOW, timer.code, timer.delay.after(move.now, move.holidays))
            for timer in move.workflow.timers_of(after.status)
        ],
    )
    if move.reason:
        after = after.after_word()
        await store_words(session, after, move.actor, Visibility.PUBLIC, move.reason, persons=persons, now=move.now)
    return await _announce(session, after, move, persons)


async def _announce(session: AsyncSession, request: Request, move: Move, persons: PersonKeys) -> Request:
    service = Actor.service(request.collectivity)
    for effect in move.transition.effects:
        if isinstance(effect, Announcement):
            after = request.after_message(service)
            try:
                await store_words(
                    session, after, service, Visibility.PUBLIC, effect.text["fr"], persons=persons, now=move.now
                )
            except KeyDestroyedError:
                return request  # nobody is left to be told
            request = after
    return request


async def _facts(session: AsyncSession, row: Row, move: Move, persons: PersonKeys) -> Facts:
    if not move.transition.looks_at_file:
        return Facts({}, reason=move.reason)
    key = await persons.of(row.author)
    documents = await requests.document_codes(session, row.id)
    return Facts(json.loads(key.open("request.answers", row.answers)), documents, move.reason)
