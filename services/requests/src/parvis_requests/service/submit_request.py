# SPDX-License-Identifier: EUPL-1.2
"""Submit a request: checked against its form, placed, routed, sealed and stored in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.web.idempotency import IdempotentCall
from parvis_requests import events
from parvis_requests.db.hot import Joining, NewRequest, ReferenceTakenError
from parvis_requests.db.storing import Storing
from parvis_requests.db.timers import ESCALATION, FORWARD, NewTimer
from parvis_requests.domain.answer_filters import answer_keys
from parvis_requests.domain.asking import Asker
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.certified import CertifiedAnswer
from parvis_requests.domain.errors import PositionMissingError
from parvis_requests.domain.escalation import promised_levels
from parvis_requests.domain.files import File
from parvis_requests.domain.legal import Clock
from parvis_requests.domain.position import AreaRef, Position
from parvis_requests.domain.reception import Reception, received_at, received_day
from parvis_requests.domain.reference import new_reference
from parvis_requests.domain.request import OnBehalf, Request
from parvis_requests.domain.routing import Case
from parvis_requests.service.catalogue import Catalogue, Catalogues
from parvis_requests.service.form import Form
from parvis_requests.service.legal_timers import legal_timers
from parvis_requests.service.route_request import route_request
from parvis_requests.service.work_queue import facets_of_form
from parvis_requests.service.workflow_timers import workflow_timers

_REFERENCE_TRIES = 3


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """What a person asks for; answers are still unchecked."""

    collectivity: str
    author: UUID
    client_id: str
    type_code: str
    description: str
    answers: Mapping[str, Any]
    position: Position | None
    address: str | None
    asker: Asker
    attachments: tuple[UUID, ...] = ()
    documents: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)
    files: tuple[File, ...] = ()
    by: OnBehalf | None = None
    certified: tuple[CertifiedAnswer, ...] = ()
    received: Reception | None = None


async def submit_request(
    command: SubmitRequest,
    call: IdempotentCall,
    seal_answer: Callable[[NewRequest], bytes],
    *,
    catalogues: Catalogues,
    persons: PersonKeys,
    submission: Storing,
    index: BlindIndex,
    now: datetime,
) -> NewRequest:
    """Store the request with its history, its event and the record of its first answer; one round trip.

    Args:
        command: what is asked, by whom.
        call: the idempotent call that brings it.
        seal_answer: makes the sealed first answer out of the new request, before it is stored.
        catalogues: the forms, areas and routing of each collectivity.
        persons: the key store; the answers are sealed with the author's key.
        submission: the hot statement.
        index: makes the closed answers findable without opening them.
        now: the instant of the submission.

    Raises:
        what check_submission raises, ReceptionDayError, PeriodOverError, UnknownAttachmentError,
            UnknownCertifiedAnswerError: nothing was stored.
        AlreadyAnsweredError: the call's key was used before; it carries the first answer.
    """
    catalogue = await catalogues.of(command.collectivity)
    form, area = check_submission(command, catalogue)
    return await store_request(
        command,
        form,
        area,
        call,
        seal_answer,
        catalogue=catalogue,
        persons=persons,
        submission=submission,
        index=index,
        now=now,
    )


async def store_request(
    command: SubmitRequest,
    form: Form,
    area: AreaRef | None,
    call: IdempotentCall,
    seal_answer: Callable[[NewRequest], bytes],
    *,
    catalogue: Catalogue,
    persons: PersonKeys,
    submission: Storing,
    index: BlindIndex,
    now: datetime,
) -> NewRequest:
    """Store what was checked as that form's; else as :func:`submit_request`."""
    key = await persons.of(command.author)
    sealed = key.seal_bytes("request.answers", to_json(command.answers))
    facets = facets_of_form(index, command.collectivity, form, command.answers)
    keys = answer_keys(form.filters, command.answers)
    promised = form.definition.service_level
    received = received_day(command.received, command.asker, now)
    clock = Clock(received) if form.regime else None
    if command.received:
        command.received.check_period(clock, form.regime, now)
    since = received_at(received, now)
    case = Case(form.code, form.group, area, command.answers, now)
    goes = await route_request(catalogue, command.collectivity, form, case, now, looking=submission.looking)
    for attempt in range(_REFERENCE_TRIES):
        request = Request(
            id=uuid7(),
            collectivity=command.collectivity,
            reference=new_reference("R", now.year),
            type_code=form.code,
            author=command.author,
            status=form.workflow.initial,
            team=goes.team,
            area=area.code if area else None,
            assignee=goes.assignee,
            version=1,
            created_at=now,
            due_at=promised.domain().after(since, catalogue.holidays) if promised else None,
            clock=clock,
            legal_end_at=clock.end(form.regime) if clock and form.regime else None,
            priority=goes.priority,
            received_on=None if received == day_of(now) else received,
        )
        new = NewRequest(
            request=request,
            form=form.key,
            client_id=command.client_id,
            description=command.description,
            position=command.position,
            address=command.address,
            sealed_answers=sealed,
            facets=facets,
            keys=keys,
            attachments=_joining(command),
            timers=(
                *_timers(form, clock, catalogue, command.client_id, now),
                *(NewTimer(ESCALATION, *level) for level in promised_levels(goes.rule.escalate, now, request.due_at)),
            ),
            channel=command.asker.channel,
            by=command.by,
            certified=command.certified,
        )
        try:
            await submission.store(new, call, seal_answer(new), events.submitted(request, now))
        except ReferenceTakenError:
            if attempt == _REFERENCE_TRIES - 1:
                raise
        else:
            return new
    raise AssertionError("the loop returns or raises")


def check_submission(command: SubmitRequest, catalogue: Catalogue) -> tuple[Form, AreaRef | None]:
    """The form of what is asked, and the area where it is; whose it will be does not matter.

    Raises UnknownTypeError, InvalidAnswersError, InvalidDocumentsError, what Asker.check raises, InvalidFilesError,
    PositionMissingError or OutsideTownError.
    """
    form = catalogue.form(command.type_code)
    command.asker.check(form.definition.askers)
    form.check(command.answers)
    # What an agent files for somebody without an account came on paper: its documents follow, once they are scanned.
    if command.asker.has_account or not command.asker.by_agent:
        certified = [each.question for each in command.certified]
        form.check_documents(command.answers, command.documents.keys(), certified)
    if command.files:
        form.check_files(command.files)
    if command.position is None and form.definition.position_required:
        raise PositionMissingError
    return form, catalogue.territory.area_at(command.position) if command.position else None


def _joining(command: SubmitRequest) -> tuple[Joining, ...]:
    documents = {id_: Joining(id_, code) for code, ids in command.documents.items() for id_ in ids}
    return tuple(
        (documents | {id_: Joining(id_, None) for id_ in command.attachments if id_ not in documents}).values()
    )


def _timers(
    form: Form, clock: Clock | None, catalogue: Catalogue, client_id: str, now: datetime
) -> tuple[NewTimer, ...]:
    started = workflow_timers(form.workflow, form.workflow.initial, catalogue.holidays, now)
    leaves = [NewTimer(FORWARD, "open311", now)] if catalogue.forwards(form.code, client_id) else []
    return (*started, *leaves, *(legal_timers(clock, form.regime, now, first=True) if clock and form.regime else ()))
