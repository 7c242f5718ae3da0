# SPDX-License-Identifier: EUPL-1.2
"""Requests that go to the administration that is competent for them (CRPA, articles L114-2 and L114-3)."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.conversation_schemas import Words
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.domain.transfer import Receiver
from parvis_requests.service.transfer_request import Shown, Transferring, read_transfer, take_back, transfer_request
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["work"])
_PATH: Final = "/v1/requests/{request_id}/transfer"
_Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]


class NewTransfer(Input):
    """Where a request goes: to a collectivity of this installation, by a type of request of it, or to another body."""

    action: Code = Field(description="The act of the workflow by which the request ends here.")
    reason: Words
    collectivity: _Slug | None = None
    request_type: Code | None = Field(default=None, description="What it becomes at that collectivity.")
    body: PlainText | None = Field(default=None, min_length=1, max_length=200, description="Another body, by its name.")

    @model_validator(mode="after")
    def _one_receiver(self) -> "NewTransfer":
        inside = self.collectivity is not None and self.request_type is not None
        none_inside = self.collectivity is None and self.request_type is None
        if not ((inside and self.body is None) or (none_inside and self.body is not None)):
            french = {"fr": "Nommez une collectivité avec un type de demande, ou un autre organisme."}
            raise PydanticCustomError("receiver", "Name a collectivity with a request type, or another body", french)
        return self


class TransferView(BaseModel):
    """Where a request goes or went, or `incoming`, whence it came; until `due_at` agents may take it back.

    `reference` is what the request is called at the other collectivity. `failed_at` says that it could not go.
    """

    incoming: bool
    collectivity: str | None
    body: str | None
    reference: str | None
    due_at: datetime
    done_at: datetime | None
    failed_at: datetime | None


@routes.post(
    _PATH,
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="transferRequest",
    status_code=201,
    response_model=TransferView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transfer(request_id: UUID, body: NewTransfer, request: Request) -> Response:
    """Have the request that the agent saw (`If-Match`) go to who is competent; its author is told when it goes."""
    actor, parts = actor_of(request), parts_of(request)
    receiver = Receiver(body.collectivity, body.request_type, body.body)
    wanted = Transferring(request_id, required_version(request), receiver, body.action, body.reason)
    undo = timedelta(minutes=parts.runtime.settings.transfer_undo_minutes)

    async def effect(session: AsyncSession) -> Answer:
        shown = await transfer_request(
            session, actor, wanted, catalogues=parts.catalogues, persons=parts.runtime.persons, undo=undo, now=now()
        )
        return Answer.of(_view(shown), {"Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("requests.requests.read"),
    operation_id="readTransfer",
    response_model=TransferView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, request: Request, response: Response) -> TransferView:
    """Where it goes or went, or whence it came; 404 where neither."""
    async with parts_of(request).runtime.database.reading() as session:
        shown = await read_transfer(session, actor_of(request), request_id)
    response.headers["Cache-Control"] = "no-store"
    return _view(shown)


@routes.delete(
    _PATH,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="takeBackTransfer",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def undo(request_id: UUID, request: Request) -> None:
    """Let it stay, as long as it has not gone; `If-Match` is the request's version."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await take_back(uow.session, actor, request_id, version=version)
        await uow.commit()


def _view(shown: Shown) -> TransferView:
    row = shown.row
    return TransferView(
        incoming=shown.incoming,
        collectivity=row.collectivity if shown.incoming else row.to_collectivity,
        body=None if shown.incoming else row.to_other,
        reference=shown.reference,
        due_at=instant(row.due_at),
        done_at=instant(row.done_at) if row.done_at else None,
        failed_at=instant(row.failed_at) if row.failed_at else None,
    )
