# SPDX-License-Identifier: EUPL-1.2
"""Requests that were filed as the wrong type."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, colleagues_at_hand, language_of, now, parts_of
from parvis_requests.api.named import named_request
from parvis_requests.api.schemas import Input, Labelled, RequestView
from parvis_requests.api.views import request_view, type_label
from parvis_requests.service.change_type import ChangeType, NewType
from parvis_requests.service.read_request import record_access, reopen_acted
from parvis_requests.service.read_type_changes import read_type_changes

routes = router(tags=["work"])


class NewRequestType(Input):
    """What the request is to be."""

    request_type: PlainText = Field(max_length=100, description="Code of a request type on offer.")
    answers: dict[str, Any] = Field(
        default_factory=dict,
        description="Answers to the form of that type, in place of those that are carried over by their names.",
    )
    reason: PlainText = Field(min_length=1, max_length=10_000, description="Why; the person is told it.")


class RetypedView(BaseModel):
    """The request as one of its new type."""

    request: RequestView
    missing_documents: list[Labelled] = Field(description="What that type asks for and the request does not have.")


class FormerTypeView(BaseModel):
    """What a request was before, and what it answered then that is asked no more."""

    sequence: int = Field(description="The act of the history by which it became another.")
    request_type: Labelled
    answers: dict[str, Any] | None = Field(
        description="Set aside by that act; null once the author was erased,"
        " and to agents outside of the team that alone read it."
    )


class FormerTypeList(BaseModel):
    """What a request was, the first first."""

    items: list[FormerTypeView]


@routes.post(
    "/v1/requests/{request_id}/type",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="changeRequestType",
    status_code=201,
    response_model=RetypedView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(request_id: UUID, body: NewRequestType, request: Request) -> Response:
    """Say that the request was filed as the wrong type: it goes on as one of another, and its author is told."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    new = NewType(request_id, required_version(request), body.request_type, body.answers, body.reason)
    catalogue, persons = await parts.catalogues.of(actor.collectivity), parts.runtime.persons
    changing = ChangeType(parts.catalogues, persons, parts.runtime.blind_index)

    async def effect(session: AsyncSession) -> Answer:
        changed = await changing.make(session, actor, new, now())
        opened = await reopen_acted(session, actor, changed.row, persons=persons, catalogues=parts.catalogues)
        names = {document.code: document.name for document in opened.form.definition.documents}
        view = RetypedView(
            request=named_request(request_view(opened, catalogue, actor, language), actor, colleagues_at_hand(request)),
            missing_documents=[
                Labelled(code=code, label=names[code].in_language(language)) for code in changed.lacking
            ],
        )
        return Answer.of(view, {"ETag": entity_tag(changed.row.version, language), "Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/requests/{request_id}/former-types",
    **token("requests.requests.read"),
    operation_id="listFormerTypes",
    response_model=FormerTypeList,
    responses=problems(401, 403, 404, 422),
)
async def former(request_id: UUID, request: Request, response: Response) -> FormerTypeList:
    """What the request was before it became one of another type; an agent's look is recorded for the person."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    persons, catalogues = parts.runtime.persons, parts.catalogues
    async with parts.runtime.database.unit_of_work() as uow:
        row, found = await read_type_changes(uow.session, actor, request_id, persons=persons, catalogues=catalogues)
        if actor.is_agent and found:
            await record_access(uow.session, row, actor, now())
            await uow.commit()
    response.headers.update({"Cache-Control": "no-store", "Vary": "Accept-Language", "Content-Language": language})
    return FormerTypeList(
        items=[
            FormerTypeView(sequence=each.sequence, request_type=type_label(each.form, language), answers=each.answers)
            for each in found
        ]
    )
