# SPDX-License-Identifier: EUPL-1.2
"""An agent asks for documents that lack; the person completes their file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import conversation, merges, requests, timers
from parvis_requests.db.hot import Joining
from parvis_requests.db.tables import DocumentRequest
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import Holidays, day_of
from parvis_requests.domain.errors import DocumentFault, InvalidDocumentsError, MergedError, NotAllowedError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.team import Alert
from parvis_requests.service.act_on_request import Act, act_on_request
from parvis_requests.service.alert_agents import alert_agents
from parvis_requests.service.await_documents import timers_of
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.form import Form
from parvis_requests.service.join_files import join_files
from parvis_requests.service.move_request import Move, move_request


@dataclass(frozen=True, slots=True)
class AskDocuments:
    """Which documents lack, for how long they are waited for, and the transition that lets the request wait."""

    act: Act
    documents: Sequence[str]
    days: int


async def ask_documents(
    session: AsyncSession,
    actor: Actor,
    asked: AskDocuments,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    holidays: Holidays,
    now: datetime,
) -> Row:
    """Make the transition, whose reason tells the person what lacks, and keep which documents are waited for.

    Whether the legal period runs on meanwhile is for the state that the transition leads to. Raises what
    :func:`act_on_request` raises, NotAllowedError for whoever is no agent, or InvalidDocumentsError for a document
    that the type does not know.
    """
    if not actor.is_agent:
        raise NotAllowedError
    row = await act_on_request(
        session, actor, asked.act, catalogues=catalogues, persons=persons, holidays=holidays, now=now
    )
    _check_known(await form_of(session, row, catalogues), asked.documents)
    awaited = DocumentRequest(
        id=uuid7(),
        request_id=row.id,
        collectivity=row.collectivity,
        agent=actor.person,
        documents=list(dict.fromkeys(asked.documents)),
        due_on=day_of(now) + timedelta(days=asked.days),
        created_at=now,
    )
    session.add(awaited)
    timers.start(session, requests.entity(row), timers_of(awaited, holidays, clock_of(row.collectivity)))
    await session.flush()
    return row


async def complete_file(
    session: AsyncSession,
    actor: Actor,
    request_id: UUID,
    documents: Mapping[str, Sequence[UUID]],
    action: str | None,
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    holidays: Holidays,
    now: datetime,
) -> Row:
    """Join documents to a request that has not ended, and make the transition that says that it is complete, if any.

    Raises NotFoundError, PeriodEndedError, InvalidDocumentsError, InvalidFilesError, UnknownAttachmentError, and for
    the transition NotAllowedError, TransitionError, ConditionError, or MergedError for an agent where the request goes
    along with another one; nothing is joined then.
    """
    row = await requests.one(session, actor, request_id, lock=True)
    if action is not None and actor.is_agent and await merges.of(session, row.id):
        raise MergedError
    form = await form_of(session, row, catalogues)
    after = requests.entity(row).completed(actor, form.workflow, now)
    _check_known(form, list(documents))
    joining = [Joining(id_, code) for code, ids in documents.items() for id_ in dict.fromkeys(ids)]
    await join_files(session, row, form, actor, joining)
    await conversation.complete(session, row.id, documents, now)
    await requests.save(session, after, now)
    requests.record(session, after, actor, "documents", now)
    await outbox.add(session, events.supplemented(after, None, list(documents), now))
    await alert_agents(session, after, Alert.SUPPLEMENTED, now, by=actor.person)
    await session.flush()
    await session.refresh(row)
    if action is not None:
        transition = after.allowed(form.workflow, action, actor)
        await move_request(session, row, Move(form, transition, actor, None, holidays, now), persons=persons)
        await session.flush()
        await session.refresh(row)
    return row


async def form_of(session: AsyncSession, row: Row, catalogues: Catalogues) -> Form:
    """The form that a request was filed with."""
    key = requests.form_key(row)
    return (await catalogues.forms_of(session, [key]))[key]


def _check_known(form: Form, codes: Sequence[str]) -> None:
    known = {document.code for document in form.definition.documents}
    unknown = [DocumentFault(code, "not-asked") for code in codes if code not in known]
    if unknown:
        raise InvalidDocumentsError(unknown)
