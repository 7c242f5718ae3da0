# SPDX-License-Identifier: EUPL-1.2
"""An agent says that a request was filed as the wrong type: it becomes one of another, and nothing of it is lost."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import Event
from parvis_requests import events
from parvis_requests.db import conversation, publications, requests, timers, type_changes
from parvis_requests.db.tables import Publication, TypeChange
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.timers import FORWARD, NewTimer
from parvis_requests.domain.answer_filters import answer_keys
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.errors import PositionMissingError, StaleVersionError
from parvis_requests.domain.form import document_faults
from parvis_requests.domain.reception import received_at
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.type_change import (
    CHANGE_TYPE,
    TypeChangeError,
    WhyNot,
    clock_of,
    more_public,
    more_words,
    state_in,
)
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.domain.workflow import Told
from parvis_requests.service.carry_answers import carried
from parvis_requests.service.catalogue import Catalogue, Catalogues
from parvis_requests.service.complete_file import form_of
from parvis_requests.service.form import Form
from parvis_requests.service.legal_timers import legal_timers
from parvis_requests.service.reroute_request import reroute_request
from parvis_requests.service.type_change_checks import check_change
from parvis_requests.service.work_queue import facets_of_form
from parvis_requests.service.workflow_timers import workflow_timers
from parvis_requests.service.write_message import store_words

ANSWERS: Final = "request.answers"
ASIDE: Final = "type_change.answers"


@dataclass(frozen=True, slots=True)
class NewType:
    """What a request becomes, in the version that the agent saw; ``reason`` is told to its author."""

    request_id: UUID
    version: int
    type_code: str
    answers: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The request as it then is, and which documents its new type wants that it does not have."""

    row: Row
    lacking: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChangeType:
    """The use case, with what it needs."""

    catalogues: Catalogues
    persons: PersonKeys
    index: BlindIndex

    async def make(self, session: AsyncSession, actor: Actor, new: NewType, now: datetime) -> Changed:
        """Make it so, in the caller's transaction.

        Raises NotAllowedError, NotFoundError, StaleVersionError, UnknownTypeError, TypeChangeError, MergedError,
        PeriodEndedError, PositionMissingError, InvalidAnswersError, or KeyDestroyedError once the author was erased.
        """
        agent = for_agents(actor)
        row = await requests.one(session, agent, new.request_id, lock=True)
        if row.version != new.version:
            raise StaleVersionError
        catalogue, before = await self.catalogues.of(row.collectivity), await form_of(session, row, self.catalogues)
        after = catalogue.form(new.type_code)
        await check_change(session, row, before, after, now)
        if after.definition.position_required and row.longitude is None:
            raise PositionMissingError
        key = await self.persons.of(row.author)
        answers = await self._answers(session, row, key, after, new)
        request = _under(requests.entity(row), before, after, catalogue, now)
        await self._keep(session, row, after, answers, key)
        await _timed(session, row, request, after, catalogue, now)
        request = await reroute_request(session, request, after, answers, former=before, catalogue=catalogue, now=now)
        await _shown_no_more(session, row, before, after, agent, now)
        await self._tell(session, requests.entity(row), request, agent, new.reason, now)
        lacking = await _lacking(session, row, after, answers)
        await session.flush()
        await session.refresh(row)
        return Changed(row, lacking)

    async def _answers(
        self, session: AsyncSession, row: Row, key: PersonKey, form: Form, new: NewType
    ) -> dict[str, Any]:
        """What the new form is answered with; what it does not ask for is set aside, until a change brings it back."""
        former: dict[str, Any] = json.loads(key.open(ANSWERS, row.answers))
        known = dict[str, Any]()
        for change in await type_changes.of(session, row.id):
            known |= json.loads(key.open(ASIDE, change.answers)) if change.answers else {}
        answers = carried(form, known | former, new.answers)
        aside = {question: answer for question, answer in former.items() if answers.get(question) != answer}
        session.add(
            TypeChange(
                request_id=row.id,
                sequence=row.version + 1,
                collectivity=row.collectivity,
                type_id=row.type_id,
                type_version=row.type_version,
                answers=key.seal(ASIDE, to_json(aside).decode()) if aside else None,
            )
        )
        return answers

    async def _keep(
        self, session: AsyncSession, row: Row, form: Form, answers: Mapping[str, Any], key: PersonKey
    ) -> None:
        facets = facets_of_form(self.index, row.collectivity, form, answers)
        sealed = key.seal_bytes(ANSWERS, to_json(answers))
        found_by = answer_keys(form.filters, answers)
        await type_changes.become(session, row, (form.key, form.code), sealed, facets, found_by)

    async def _tell(
        self, session: AsyncSession, before: Request, after: Request, agent: Actor, reason: str, now: datetime
    ) -> None:
        await requests.save(session, after, now)
        requests.record(session, after, agent, CHANGE_TYPE, now, before=before)
        await outbox.add(session, _became(before, after, now))
        told = after.after_word()
        await store_words(session, told, agent, Visibility.PUBLIC, reason, persons=self.persons, now=now)


def _became(before: Request, after: Request, now: datetime) -> Event:
    steps = {"action": CHANGE_TYPE, "from_status": before.status, "to_status": after.status}
    return events.about(after, Told.STATUS_CHANGED, now, **steps, notify_author=False)


def _under(request: Request, before: Form, after: Form, catalogue: Catalogue, now: datetime) -> Request:
    """The request under the rules of its new type, from the day on which it was received; raises TypeChangeError."""
    status, received_on = state_in(after.workflow, request.status), request.received_day
    clock = clock_of(request.clock, before.regime, after.regime, received_on, status, day_of(now))
    end = clock.end(after.regime) if clock and after.regime else None
    if end and end <= now:
        raise TypeChangeError(WhyNot.PERIOD_OVER)
    promised, received = after.definition.service_level, received_at(received_on, request.created_at)
    return replace(
        request,
        type_code=after.code,
        status=status,
        due_at=promised.domain().after(received, catalogue.holidays) if promised else None,
        clock=clock,
        legal_end_at=end,
        version=request.version + 1,
    )


async def _timed(
    session: AsyncSession, row: Row, request: Request, form: Form, catalogue: Catalogue, now: datetime
) -> None:
    await timers.stop(session, row.id, timers.WORKFLOW, timers.ALERT, timers.SILENCE, FORWARD)
    started = workflow_timers(form.workflow, request.status, catalogue.holidays, now)
    if request.clock and form.regime:
        started += legal_timers(request.clock, form.regime, now)
    else:
        await type_changes.without_clock(session, row)
    if catalogue.forwards(form.code, row.client_id):
        started.append(NewTimer(FORWARD, "open311", now))
    timers.start(session, request, started)
    # What was asked for that the new type does not know cannot be given any more.
    known = {document.code for document in form.definition.documents}
    for asked in await conversation.document_requests(session, row.id):
        if asked.completed_at is None and not known.issuperset(asked.documents):
            await timers.stop_one(session, row.id, str(asked.id), timers.DOCUMENTS_REMINDER, timers.DOCUMENTS_MISSED)
            await session.delete(asked)


async def _shown_no_more(
    session: AsyncSession, row: Row, before: Form, after: Form, agent: Actor, now: datetime
) -> None:
    """Let the public learn no more of it than before, until an agent decides."""
    hides = more_public(before.publicity, after.publicity)
    if not hides and not more_words(before.publicity, after.publicity):
        return
    decided = await publications.decisions(session, row.id)
    last = decided[-1] if decided else None
    decision = Publication(
        request_id=row.id,
        number=len(decided) + 1,
        collectivity=row.collectivity,
        latest=True,
        hidden=hides or (last is not None and last.hidden),
        words=last.words if last else None,
        photos=list(last.photos) if last else [],
        reason=last.reason if last else None,
        agent=agent.person,
        decided_at=now,
    )
    await publications.decide(session, decision)


async def _lacking(session: AsyncSession, row: Row, form: Form, answers: Mapping[str, Any]) -> list[str]:
    given = await requests.document_codes(session, row.id)
    asked = [document.domain() for document in form.definition.documents]
    known = {document.code for document in form.definition.documents}
    return [fault.code for fault in document_faults(asked, answers, given & known) if fault.fault == "missing"]
