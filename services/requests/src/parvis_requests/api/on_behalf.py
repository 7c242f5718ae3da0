# SPDX-License-Identifier: EUPL-1.2
"""An agent files for somebody without an account."""

from datetime import date
from functools import partial
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.idempotency import idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.schemas import PERIOD_OVER, RECEIVED_ON, Asked, Email, Input, RequestView
from parvis_requests.api.submission import command_of, filed, reception_of
from parvis_requests.db.hot import AlreadyAnsweredError
from parvis_requests.domain.asking import Asker, Channel, ReceiptWay, receipt_way
from parvis_requests.domain.request import Actor, OnBehalf
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.domain.workflow import AGENT
from parvis_requests.service.file_on_behalf import file_on_behalf
from parvis_requests.service.submit_request import SubmitRequest

routes = router(tags=["requests"])


class GivenContact(Input):
    """How to reach the person, as the agent took it down."""

    first_name: PlainText | None = Field(default=None, min_length=1, max_length=100)
    last_name: PlainText | None = Field(default=None, min_length=1, max_length=100)
    email: Email | None = Field(default=None, description="They are written to there: read it back to them.")
    phone: PlainText | None = Field(default=None, min_length=3, max_length=30)
    postal_address: PlainText | None = Field(default=None, min_length=5, max_length=500)
    language: Language = Field(default="fr", description="In which they are written to.")


class NewRequestOnBehalf(Asked):
    """A request that an agent files; documents are scanned and joined to it afterwards."""

    channel: Channel = Field(description="By which way it came; `online` is for who files for themselves.")
    contact: GivenContact = GivenContact()
    received_on: date | None = Field(default=None, description=RECEIVED_ON)
    period_over: bool = Field(default=False, description=PERIOD_OVER)


class RequestOnBehalfView(RequestView):
    """The new request, and how its author gets the receipt that the law wants."""

    receipt: ReceiptWay = Field(
        description="`email`: it is sent. `letter`, `hand`: the agent prints and gives it. `none`: nowhere to send it."
    )


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


def _told(way: ReceiptWay, view: RequestView) -> RequestOnBehalfView:
    return RequestOnBehalfView(**view.model_dump(), receipt=way)
