# SPDX-License-Identifier: EUPL-1.2
"""A request that another collectivity of this installation has transmitted, as one of its receiver's own.

Same words, answers with what certifies them, place, files and public conversation; no notes, and nothing certified that
its author consented to for the first town alone. Same author, too, but for who has no account. The receiver routes it,
and its legal period counts as article L114-3 of the CRPA says.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import certified, requests, timers, transfers
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import AnswerKey, Attachment, CertifiedRow, Message
from parvis_requests.db.tables import Request as Row
from parvis_requests.db.timers import FORWARD, NewTimer
from parvis_requests.domain.answer_filters import answer_keys
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.errors import OutsideTownError, PositionMissingError
from parvis_requests.domain.position import AreaRef, Position
from parvis_requests.domain.reference import new_reference
from parvis_requests.domain.request import Actor, Request
from parvis_requests.domain.routing import Case
from parvis_requests.domain.transfer import clock_there
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.certified_definition import goes_along
from parvis_requests.service.certify_answer import FACT
from parvis_requests.service.form import Form
from parvis_requests.service.legal_timers import legal_timers
from parvis_requests.service.move_reporter import Author, author_there
from parvis_requests.service.open_attachment import sealed_anew
from parvis_requests.service.route_request import route_request
from parvis_requests.service.work_queue import facets_of_form
from parvis_requests.service.workflow_timers import workflow_timers
from parvis_requests.service.write_message import BODY

ANSWERS: Final = "request.answers"


async def receive_transfer(
    session: AsyncSession,
    origin: Row,
    collectivity: str,
    catalogue: Catalogue,
    form: Form,
    persons: PersonKeys,
    blobs: Blobs,
    index: BlindIndex,
    now: datetime,
) -> tuple[Request, Author]:
    """Store it in the caller's transaction, with whose it is.

    Raises InvalidAnswersError, PositionMissingError, TransferError or KeyDestroyedError.
    """
    author = await author_there(session, origin, collectivity, persons=persons, now=now)
    answers, rows = await leaving(session, origin, author.former)
    form.check(answers)
    area = _area(origin, catalogue, form)
    first = origin.clock_started_on or requests.entity(origin).received_day
    clock, promised = clock_there(form.regime, first, day_of(now)), form.definition.service_level
    case = Case(form.code, form.group, area, answers, now)
    goes = await route_request(catalogue, collectivity, form, case, now, looking=lambda: nullcontext(session))
    request = Request(
        id=uuid7(),
        collectivity=collectivity,
        reference=new_reference("R", now.year),
        type_code=form.code,
        author=author.person,
        status=form.workflow.initial,
        team=goes.team,
        area=area.code if area else None,
        assignee=goes.assignee,
        version=1,
        created_at=now,
        due_at=promised.domain().after(now, catalogue.holidays) if promised else None,
        clock=clock,
        legal_end_at=clock.end(form.regime) if clock and form.regime else None,
        priority=goes.priority,
    )
    session.add(_row(request, origin, author, form, answers, facets_of_form(index, collectivity, form, answers)))
    await session.flush()
    session.add_all(
        AnswerKey(request_id=request.id, position=position, collectivity=collectivity, **asdict(key))
        for position, key in enumerate(answer_keys(form.filters, answers), 1)
    )
    _certified(session, rows, request, author)
    requests.record(session, request, Actor(request.author, collectivity, is_agent=False), "submit", now)
    started = workflow_timers(form.workflow, request.status, catalogue.holidays, now)
    legal = legal_timers(clock, form.regime, now, first=True) if clock and form.regime else []
    leaves = [NewTimer(FORWARD, "open311", now)] if catalogue.forwards(form.code, origin.client_id) else []
    timers.start(session, request, [*started, *leaves, *legal])
    await outbox.add(session, events.submitted(request, now))
    ids = await _messages(session, origin, request, author)
    for file in await transfers.public_files(session, origin.id):
        await _file(session, file, request, ids, author, persons, blobs)
    await session.flush()
    return request, author


async def leaving(session: AsyncSession, origin: Row, key: PersonKey) -> tuple[dict[str, Any], Sequence[CertifiedRow]]:
    """The answers that another administration may have, with what certifies some of them.

    What is certified stays where its author did not consent to more: its receiver asks them anew.
    """
    rows = (await certified.of_requests(session, [origin.id])).get(origin.id, [])
    stay = {row.question for row in rows if not goes_along(row.consent)}
    answers = json.loads(key.open(ANSWERS, origin.answers))
    told = {question: given for question, given in answers.items() if question not in stay}
    return told, [row for row in rows if row.question not in stay]


def _area(origin: Row, catalogue: Catalogue, form: Form) -> AreaRef | None:
    if origin.longitude is None or origin.latitude is None:
        if form.definition.position_required:
            raise PositionMissingError
        return None
    try:
        return catalogue.territory.area_at(Position(origin.longitude, origin.latitude))
    except OutsideTownError:
        if form.definition.position_required:
            raise
        return None


def _row(
    request: Request, origin: Row, author: Author, form: Form, answers: Mapping[str, Any], facets: list[bytes]
) -> Row:
    clock = request.clock
    return Row(
        id=request.id,
        collectivity=request.collectivity,
        reference=request.reference,
        type_id=form.key.type_id,
        type_code=form.code,
        type_version=form.key.number,
        author=request.author,
        client_id=origin.client_id,
        channel=origin.channel,
        status=request.status,
        team=request.team,
        assignee=request.assignee,
        area=request.area,
        description=origin.description,
        longitude=origin.longitude,
        latitude=origin.latitude,
        address=origin.address,
        answers=author.key.seal(ANSWERS, json.dumps(answers)),
        facets=facets,
        version=request.version,
        priority=request.priority.rank,
        created_at=request.created_at,
        updated_at=request.created_at,
        due_at=request.due_at,
        clock_started_on=clock.started_on if clock else None,
        legal_end_at=request.legal_end_at,
    )


def _certified(session: AsyncSession, rows: Sequence[CertifiedRow], request: Request, author: Author) -> None:
    """What was certified stays so, with the consent that says that it may go along: no document proves it."""
    for row in rows:
        session.add(
            CertifiedRow(
                id=uuid7(),
                collectivity=request.collectivity,
                person=author.person,
                request_id=request.id,
                type_code=request.type_code,
                question=row.question,
                source=row.source,
                consent=row.consent,
                state=row.state,
                reason=row.reason,
                fact=author.anew(FACT, row.fact) if row.fact else None,
                created_at=row.created_at,
                concluded_at=row.concluded_at,
            )
        )


async def _messages(session: AsyncSession, origin: Row, request: Request, author: Author) -> dict[UUID, UUID]:
    ids: dict[UUID, UUID] = {}
    for message in await transfers.public_messages(session, origin.id):
        ids[message.id] = uuid7()
        session.add(
            Message(
                id=ids[message.id],
                request_id=request.id,
                collectivity=request.collectivity,
                visibility=message.visibility,
                actor=author.person if message.actor == origin.author else message.actor,
                body=author.anew(BODY, message.body),
                translated=message.translated,
                created_at=message.created_at,
            )
        )
    return ids


async def _file(
    session: AsyncSession,
    file: Attachment,
    request: Request,
    messages: dict[UUID, UUID],
    author: Author,
    persons: PersonKeys,
    blobs: Blobs,
) -> None:
    copy = await sealed_anew(file, request.author, persons=persons, blobs=blobs)
    copy.collectivity, copy.request_id, copy.document = request.collectivity, request.id, file.document
    copy.uploaded_by = author.person if file.uploaded_by == file.owner else file.uploaded_by
    copy.message_id = messages.get(file.message_id) if file.message_id else None
    copy.visibility, copy.created_at = file.visibility, file.created_at
    session.add(copy)
