# SPDX-License-Identifier: EUPL-1.2
"""An agent files for somebody without an account."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.problems import INSUFFICIENT_SCOPE
from parvis_kit.web.idempotency import Answer, IdempotentCall, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import Instant, PlainText
from parvis_requests.api.appointment_schemas import AppointmentView, appointment_view
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.problems import CATALOGUE
from parvis_requests.api.schemas import PERIOD_OVER, RECEIVED_ON, Asked, Email, Input, RequestView
from parvis_requests.api.submission import command_of, filed, filed_headers, reception_of
from parvis_requests.api.views import new_request_view
from parvis_requests.db.hot import AlreadyAnsweredError, NewRequest
from parvis_requests.db.storing import Storing
from parvis_requests.domain.appointment_errors import NotASlotError, SlotTakenError, UnknownKindError
from parvis_requests.domain.asking import Asker, Channel, ReceiptWay, receipt_way
from parvis_requests.domain.request import Actor, OnBehalf
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.domain.workflow import AGENT
from parvis_requests.service.book_appointment import Wish
from parvis_requests.service.book_for_caller import book_for_caller
from parvis_requests.service.file_on_behalf import file_on_behalf
from parvis_requests.service.read_appointments import open_appointments
from parvis_requests.service.submit_request import SubmitRequest, submit_request
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["requests"])
_BOOKING: Final = "requests.appointments.write"
# Of the request in it, beside the record of the whole call.
_STEP: Final = "fileOnBehalf in bookForCaller"


class GivenContact(Input):
    """How to reach the person, as the agent took it down."""

    first_name: PlainText | None = Field(default=None, min_length=1, max_length=100)
    last_name: PlainText | None = Field(default=None, min_length=1, max_length=100)
    email: Email | None = Field(default=None, description="They are written to there: read it back to them.")
    phone: PlainText | None = Field(default=None, min_length=3, max_length=30)
    postal_address: PlainText | None = Field(default=None, min_length=5, max_length=500)
    language: Language = Field(default="fr", description="In which they are written to.")


class WantedAppointment(Input):
    """An appointment to book about what is filed."""

    kind: Code
    starts_at: Instant = Field(description="The start of a free slot.")
    agenda_id: UUID | None = Field(default=None, description="Where; without it, in any agenda that is free then.")


class NewRequestOnBehalf(Asked):
    """A request that an agent files; documents are scanned and joined to it afterwards."""

    channel: Channel = Field(description="By which way it came; `online` is for who files for themselves.")
    contact: GivenContact = GivenContact()
    received_on: date | None = Field(default=None, description=RECEIVED_ON)
    period_over: bool = Field(default=False, description=PERIOD_OVER)
    appointment: WantedAppointment | None = Field(
        default=None,
        description="To book about it at once (scope `requests.appointments.write`): one transaction, so that nothing"
        " is filed where somebody else was faster.",
    )


class RequestOnBehalfView(RequestView):
    """The new request, and how its author gets the receipt that the law wants."""

    receipt: ReceiptWay = Field(
        description="`email`: it is sent. `letter`, `hand`: the agent prints and gives it. `none`: nowhere to send it."
    )
    appointment: AppointmentView | None = Field(default=None, description="What was booked about it, if anything.")


@routes.post(
    "/v1/requests-on-behalf",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="fileOnBehalf",
    status_code=201,
    response_model=RequestOnBehalfView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def file(body: NewRequestOnBehalf, request: Request) -> Response:
    """File what somebody without an account asks for; for who has one, assist them (`beginAssistance`)."""
    agent, runtime = for_agents(actor_of(request)), parts_of(request).runtime
    call = idempotent_call(request, principal_of(request), await request.body())
    contact = body.contact.model_dump(exclude_none=True)
    way = receipt_way(body.channel, email="email" in contact, postal="postal_address" in contact)
    if body.appointment:
        return await _booked(request, body, body.appointment, agent, call, way)

    async def submit(author: UUID) -> Response:
        command = _command(request, body, author, agent)
        return await filed(request, command, [], call, dress=partial(_told, way), roles=agent.roles | {AGENT})

    try:
        return await file_on_behalf(
            agent.collectivity, contact, submit, database=runtime.database, persons=runtime.persons, now=now()
        )
    except AlreadyAnsweredError as first:
        return runtime.idempotency.replay(call, first.body_hash, first.answer)


def _command(request: Request, body: NewRequestOnBehalf, author: UUID, agent: Actor) -> SubmitRequest:
    asker = Asker(has_account=False, by_agent=True, channel=body.channel)
    by, client = OnBehalf(agent.person, is_agent=True), principal_of(request).client_id
    received = reception_of(body)
    return command_of(body, agent.collectivity, author, client, asker, by, received=received)


def _told(way: ReceiptWay, view: RequestView, appointment: AppointmentView | None = None) -> RequestOnBehalfView:
    return RequestOnBehalfView(**view.model_dump(), receipt=way, appointment=appointment)


async def _booked(
    request: Request,
    body: NewRequestOnBehalf,
    wanted: WantedAppointment,
    agent: Actor,
    call: IdempotentCall,
    way: ReceiptWay,
) -> Response:
    _may_book(request)
    parts, language = parts_of(request), language_of(request)
    catalogue, contact = await parts.catalogues.of(agent.collectivity), body.contact.model_dump(exclude_none=True)
    wish = Wish(wanted.kind, wanted.starts_at, wanted.agenda_id, None)

    async def submit(command: SubmitRequest, storing: Storing) -> NewRequest:
        return await submit_request(
            command,
            IdempotentCall(call.caller, _STEP, str(command.author), b""),
            lambda _: b"",
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            submission=storing,
            index=parts.runtime.blind_index,
            now=now(),
        )

    async def effect(session: AsyncSession) -> Answer:
        command = _command(request, body, agent.person, agent)
        persons, holidays = parts.runtime.persons, catalogue.holidays
        new, row = await book_for_caller(
            session, agent, contact, command, wish, submit, persons=persons, holidays=holidays, now=now()
        )
        (found,) = await open_appointments(session, [row], persons=persons)
        roles = agent.roles | {AGENT}
        view = new_request_view(new, dict(body.answers), [], catalogue, language, roles)
        shown = _told(way, view, appointment_view(found, agent, language))
        return Answer.of(shown, filed_headers(new, language))

    try:
        return await parts.runtime.idempotency.once(call, effect)
    except (UnknownKindError, NotASlotError, SlotTakenError) as error:
        raise _of_appointment(error) from error


def _of_appointment(error: Exception) -> Exception:
    """What is wrong, where it stands in this body."""
    problem = CATALOGUE.problem_for(error)
    if problem is None:
        return error
    problem.errors = tuple(replace(each, pointer=f"/appointment{each.pointer}") for each in problem.errors)
    return problem


def _may_book(request: Request) -> None:
    if _BOOKING not in principal_of(request).scopes:
        raise INSUFFICIENT_SCOPE.problem(
            f"Ce jeton n'a pas le droit demandé : {_BOOKING}.",
            f"This token lacks the scope: {_BOOKING}.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{_BOOKING}"'},
        )
