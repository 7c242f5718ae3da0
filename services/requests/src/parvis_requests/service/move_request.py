# SPDX-License-Identifier: EUPL-1.2
"""What a transition brings about, whoever makes it: the new state, its history, its event, timers and messages."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_kit.locale import Text
from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import Event
from parvis_requests import events
from parvis_requests.db import merges, payments, requests, retention, timers
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.timers import ALERT, SILENCE, WORKFLOW
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.retention import due_at
from parvis_requests.domain.workflow import Announcement, Facts, Transition
from parvis_requests.service.ask_satisfaction import plan_survey
from parvis_requests.service.follow_request import tell_followers
from parvis_requests.service.form import Form
from parvis_requests.service.legal_timers import legal_timers
from parvis_requests.service.part_request import part_request
from parvis_requests.service.tell_remedies import remedies_told
from parvis_requests.service.withdraw_forwarded import withdraw_forwarded
from parvis_requests.service.workflow_timers import workflow_timers
from parvis_requests.service.write_message import store_words


@dataclass(frozen=True, slots=True)
class Move:
    """A transition that its actor may make, and why they make it.

    ``effective_at`` is set where silence decides: the legal instant, whenever it comes to be recorded.
    """

    form: Form
    transition: Transition
    actor: Actor
    reason: str | None
    holidays: Holidays
    now: datetime
    effective_at: datetime | None = None

    @property
    def ends(self) -> bool:
        """Whether nothing follows it."""
        state = self.form.workflow.state(self.transition.target)
        return state is not None and state.final

    def told(self, before: Request, after: Request) -> Event:
        """The event that tells it."""
        if self.effective_at and self.form.regime:
            return events.decided_by_silence(after, self.form.regime.silence, self.effective_at, self.now)
        return events.moved(before, after, self.transition, self.now, notify_author=self._is_news(before))

    def _is_news(self, before: Request) -> bool:
        # What has words of its own is told by these; what somebody did themselves, with nobody between, they know.
        own = self.actor.person == before.author and self.actor.by is None
        return not (self.transition.quiet or self.transition.speaks or self.reason or own)


async def move_request(session: AsyncSession, row: Row, move: Move, *, persons: PersonKeys) -> Request:
    """Make the move in the caller's transaction, which holds the row locked; returns the request as it then is.

    Those that go along with the request make it, too, wherever they stand, unless they have ended; but where its author
    ends it, such as by withdrawing it, or its time does, those of other authors go their own way again. The reason and
    the messages of the workflow are acts of their own after it. Raises ConditionError, StaleVersionError, or
    KeyDestroyedError where a reason is to be told to a person who was erased.
    """
    before, regime = requests.entity(row), move.form.regime
    facts = await _facts(session, row, move, persons)
    after = before.after(move.transition, move.actor, facts, now=move.now, holidays=move.holidays, regime=regime)
    await requests.save(session, after, move.now)
    at = move.effective_at or move.now
    told = await remedies_told(session, row, move.form, after.status, persons=persons)
    requests.record(session, after, move.actor, move.transition.code, at, before=before, remedies_told=told)
    await outbox.add(session, move.told(before, after))
    await tell_followers(session, after, move.form, move.transition.code, move.now)
    await _restart_timers(session, after, move)
    await _keep(session, after, move)
    if move.reason:
        after = after.after_word()
        await store_words(session, after, move.actor, Visibility.PUBLIC, move.reason, persons=persons, now=move.now)
    after = await _announce(session, after, move, persons)
    if move.ends and not move.actor.is_agent and move.actor.person == before.author:
        after = await withdraw_forwarded(session, after, persons=persons, now=move.now)
    await _take_along(session, row, move, persons)
    return after


async def _take_along(session: AsyncSession, parent: Row, move: Move, persons: PersonKeys) -> None:
    own = replace(move, transition=replace(move.transition, guards=()))
    by_author = not move.actor.is_agent and move.actor.person == parent.author
    # Of what its author does, or has let pass, the others have done nothing; nor do they read what that author writes.
    parts = move.ends and (by_author or move.actor.is_service)
    others = replace(own, actor=Actor.service(parent.collectivity), reason=None) if by_author else own
    for child in await merges.children(session, parent.id, lock=True):
        state = move.form.workflow.state(child.status)
        if not state or state.final:
            continue
        if parts and child.author != parent.author:
            await _part(session, child, others, persons)
            continue
        with suppress(KeyDestroyedError):  # it has moved; nobody is left to be told why
            await move_request(session, child, own if child.author == parent.author else others, persons=persons)


async def _part(session: AsyncSession, child: Row, move: Move, persons: PersonKeys) -> None:
    form, holidays = move.form, move.holidays
    await part_request(session, child, move.actor, form, holidays=holidays, persons=persons, now=move.now)


async def _keep(session: AsyncSession, request: Request, move: Move) -> None:
    state, months = move.form.workflow.state(request.status), move.form.definition.retention_months
    # Who ends it themselves, or has it ended, is not asked how they were served.
    served = state is not None and state.final and (move.actor.is_agent or move.actor.is_service)
    # Silence may have decided before the request was entered: nothing of it is kept, or asked, for less time.
    ended_at = max(move.effective_at or move.now, request.created_at)
    await plan_survey(session, request, ended_at if served else None)
    if state and state.final and months:
        due = due_at(ended_at, months)
        await retention.keep_until(session, request.id, request.collectivity, ended_at, due)
    else:
        await retention.keep(session, request.id)


async def _restart_timers(session: AsyncSession, request: Request, move: Move) -> None:
    workflow, regime = move.form.workflow, move.form.regime
    await timers.stop(session, request.id, WORKFLOW, ALERT, SILENCE)
    started = workflow_timers(workflow, request.status, move.holidays, move.now)
    if started and await merges.of(session, request.id):
        started = []  # it moves with its parent, whose own timers run
    state = workflow.state(request.status)
    if request.clock and regime and not (state and state.final):
        started += legal_timers(request.clock, regime, move.now)
    timers.start(session, request, started)


async def _announce(session: AsyncSession, request: Request, move: Move, persons: PersonKeys) -> Request:
    service = Actor.service(request.collectivity)
    for effect in move.transition.effects:
        if isinstance(effect, Announcement):
            after = request.after_message(service)
            try:
                words = Text(**effect.text)
                await store_words(session, after, service, Visibility.PUBLIC, words, persons=persons, now=move.now)
            except KeyDestroyedError:
                return request  # nobody is left to be told
            request = after
    return request


async def _facts(session: AsyncSession, row: Row, move: Move, persons: PersonKeys) -> Facts:
    if not move.transition.looks_at_file:
        return Facts({}, reason=move.reason)
    key = await persons.of(row.author)
    documents = await requests.document_codes(session, row.id)
    answers = json.loads(key.open("request.answers", row.answers))
    free = {fee.code for fee in move.form.fees if fee.amount(answers) == 0}
    return Facts(answers, documents, move.reason, await payments.paid(session, row.id) | free)
