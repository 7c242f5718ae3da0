# SPDX-License-Identifier: EUPL-1.2
"""Replies that agents begin with: administrators write them, agents get them filled in for a request."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.db.tables import ReplyTemplate
from parvis_requests.service.reply_templates import (
    TemplateContent,
    drop_template,
    fill_templates,
    list_templates,
    replace_template,
    save_template,
)
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["work"])
_PATH: Final = "/v1/reply-templates/{template_id}"
_WRITE: Final = "requests.catalogue.write"


class NewReplyTemplate(Input):
    """A reply to begin with."""

    name: PlainText = Field(min_length=1, max_length=100)
    words: Text = Field(
        description="Variables: {{reference}}, {{request_type}}, {{status}}, {{area}}, {{filed_on}}, {{due_on}}."
    )
    request_types: list[Code] = Field(default_factory=list, max_length=100, description="Empty: for all types.")


class ReplyTemplateView(BaseModel):
    """A reply to begin with."""

    id: UUID
    name: str
    words: Text
    request_types: list[str]
    version: int
    created_at: datetime
    updated_at: datetime


class ReplyTemplateList(BaseModel):
    """All of the collectivity's, by their names, at most 300."""

    items: list[ReplyTemplateView]


class FilledTemplateView(BaseModel):
    """A reply to begin with, its variables filled in."""

    id: UUID
    name: str
    text: str


class FilledTemplateList(BaseModel):
    """What an agent may begin a reply to this request with."""

    items: list[FilledTemplateView]


@routes.post(
    "/v1/reply-templates",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="saveReplyTemplate",
    status_code=201,
    response_model=ReplyTemplateView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def save(body: NewReplyTemplate, request: Request) -> Response:
    """Keep a reply that agents begin with; its variables are checked."""
    actor = actor_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await save_template(session, actor, _content(body), now())
        return Answer.of(_view(row), {"Location": f"/v1/reply-templates/{row.id}", **_headers(row)})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/reply-templates",
    **token("requests.requests.read"),
    operation_id="listReplyTemplates",
    response_model=ReplyTemplateList,
    responses=problems(401, 403, 422),
)
async def list_(request: Request, response: Response) -> ReplyTemplateList:
    """The replies that the collectivity's agents begin with."""
    async with parts_of(request).runtime.database.reading() as session:
        rows = await list_templates(session, actor_of(request))
    response.headers["Cache-Control"] = "no-store"
    return ReplyTemplateList(items=[_view(row) for row in rows])


@routes.put(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="replaceReplyTemplate",
    response_model=ReplyTemplateView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def replace(template_id: UUID, body: NewReplyTemplate, request: Request, response: Response) -> ReplyTemplateView:
    """Say it anew; its variables are checked."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await replace_template(uow.session, actor, template_id, _content(body), version=version, now=now())
        await uow.commit()
    response.headers.update(_headers(row))
    return _view(row)


@routes.delete(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="dropReplyTemplate",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def drop(template_id: UUID, request: Request) -> None:
    """Forget it."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await drop_template(uow.session, actor, template_id, version=version)
        await uow.commit()


@routes.get(
    "/v1/requests/{request_id}/reply-templates",
    **token("requests.requests.read"),
    operation_id="fillReplyTemplates",
    response_model=FilledTemplateList,
    responses=problems(401, 403, 404, 422),
)
async def fill(request_id: UUID, request: Request, response: Response) -> FilledTemplateList:
    """What an agent may begin a reply to this request with, in the language of the call."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        found = await fill_templates(session, actor, request_id, language, catalogues=parts.catalogues)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return FilledTemplateList(
        items=[FilledTemplateView(id=each.row.id, name=each.row.name, text=each.text) for each in found]
    )


def _content(body: NewReplyTemplate) -> TemplateContent:
    return TemplateContent(body.name, body.words.model_dump(), body.request_types)


def _view(row: ReplyTemplate) -> ReplyTemplateView:
    return ReplyTemplateView(
        id=row.id,
        name=row.name,
        words=Text.model_validate(row.words),
        request_types=row.request_types,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _headers(row: ReplyTemplate) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
