# SPDX-License-Identifier: EUPL-1.2
"""Requests that are being written: autosave by PUT, then submission by the same checks as any other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.problems import FORBIDDEN
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.certified_problems import LOST
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import Input, Labelled, NewRequest, Point, RequestView
from parvis_requests.api.submission import Submitting
from parvis_requests.api.views import instant
from parvis_requests.db import certified
from parvis_requests.db.hot import AlreadyAnsweredError
from parvis_requests.db.tables import CertifiedRow
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.service.certify_answer import lost
from parvis_requests.service.request_drafts import (
    OpenDraft,
    drop_draft,
    forget_draft,
    list_drafts,
    read_draft,
    replace_draft,
    start_draft,
)
from parvis_requests.service.workflow_definition import Code

routes = router(tags=["requests"])
_READ: Final = token("requests.requests.read")
_PATH: Final = "/v1/request-drafts/{request_draft_id}"


class RequestDraftContent(Input):
    """A request as far as it is written; only its type is certain."""

    request_type: PlainText = Field(max_length=100)
    description: PlainText | None = Field(default=None, max_length=4_000)
    answers: dict[str, Any] = Field(default_factory=dict, max_length=200)
    position: Point | None = None
    address: PlainText | None = Field(default=None, max_length=300)
    attachments: list[UUID] = Field(default_factory=list, max_length=10)
    documents: dict[Code, Annotated[list[UUID], Field(max_length=5)]] = Field(default_factory=dict, max_length=30)
    certified_answers: list[UUID] = Field(default_factory=list, max_length=10)

    @property
    def files(self) -> list[UUID]:
        """All uploads that wait with it."""
        return [*self.attachments, *(id_ for ids in self.documents.values() for id_ in ids)]


class DraftCertifiedView(BaseModel):
    """Whether a certified answer that a draft names goes along when it is submitted; else its author is asked anew."""

    id: UUID
    question: str | None = Field(
        description="The question that it answers; null where it is no more: ask those of the type that none answers."
    )
    reason: Labelled | None = Field(description="Why it does not go along, and what to do instead; null where it does.")
    usable_before: datetime | None = Field(description="Until when it goes along; null where it does not.")


class RequestDraftView(BaseModel):
    """A draft; forgotten when nobody has changed it for `PARVIS_REQUESTS_DRAFT_RETENTION_DAYS`."""

    id: UUID
    content: RequestDraftContent
    certified: list[DraftCertifiedView] = Field(
        default_factory=list, description="What became of its `certified_answers`, in their order."
    )
    version: int
    created_at: datetime
    updated_at: datetime


class RequestDraftList(BaseModel):
    """The caller's drafts, the latest first, at most 20."""

    items: list[RequestDraftView]


@routes.post(
    "/v1/request-drafts",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="startRequestDraft",
    status_code=201,
    response_model=RequestDraftView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def start(body: RequestDraftContent, request: Request) -> Response:
    """Keep a request that is being written."""
    actor, persons = _author(request), parts_of(request).runtime.persons
    content = body.model_dump(mode="json", exclude_unset=True)

    async def effect(session: AsyncSession) -> Answer:
        draft = await start_draft(session, actor, content, body.files, persons=persons, now=now())
        view = (await _views(request, session, [draft]))[0]
        return Answer.of(view, {"Location": f"/v1/request-drafts/{draft.row.id}", **_headers(request, draft)})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/request-drafts",
    **_READ,
    operation_id="listRequestDrafts",
    response_model=RequestDraftList,
    responses=problems(401, 403, 422),
)
async def list_(request: Request, response: Response) -> RequestDraftList:
    """The caller's drafts."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await list_drafts(session, _author(request), persons=runtime.persons)
        items = await _views(request, session, found)
    response.headers.update(_spoken(request))
    return RequestDraftList(items=items)


@routes.get(
    _PATH,
    **_READ,
    operation_id="readRequestDraft",
    response_model=RequestDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_draft_id: UUID, request: Request, response: Response) -> RequestDraftView:
    """One draft."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        draft = await read_draft(session, _author(request), request_draft_id, persons=runtime.persons)
        (view,) = await _views(request, session, [draft])
    response.headers.update(_headers(request, draft))
    return view


@routes.put(
    _PATH,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="saveRequestDraft",
    response_model=RequestDraftView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def save(
    request_draft_id: UUID, body: RequestDraftContent, request: Request, response: Response
) -> RequestDraftView:
    """Write a draft anew, as a form does by itself while it is filled in."""
    actor, version, persons = _author(request), required_version(request), parts_of(request).runtime.persons
    content = body.model_dump(mode="json", exclude_unset=True)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        draft = await replace_draft(
            uow.session, actor, request_draft_id, content, body.files, version=version, persons=persons, now=now()
        )
        (view,) = await _views(request, uow.session, [draft])
        await uow.commit()
    response.headers.update(_headers(request, draft))
    return view


@routes.delete(
    _PATH,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="dropRequestDraft",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def drop(request_draft_id: UUID, request: Request) -> None:
    """Forget a draft."""
    actor, version = _author(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await drop_draft(uow.session, actor, request_draft_id, version=version)
        await uow.commit()


@routes.post(
    _PATH + "/submission",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="submitRequestDraft",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def submit(request_draft_id: UUID, request: Request) -> Response:
    """File the request that the caller saw in the draft, which is forgotten then."""
    actor, version, runtime = _author(request), required_version(request), parts_of(request).runtime
    # A draft becomes one request, however often and with whichever key it is sent: its own id is in the path.
    call = replace(idempotent_call(request, principal_of(request), b""), key="submission")
    try:
        async with runtime.database.reading() as session:
            draft = await read_draft(session, actor, request_draft_id, persons=runtime.persons)
    except NotFoundError:
        return await runtime.idempotency.once(call, _gone)
    if draft.row.version != version:
        raise StaleVersionError
    try:
        answer = await Submitting(request, _complete(draft)).submit(call)
    except AlreadyAnsweredError as first:
        answer = runtime.idempotency.replay(call, first.body_hash, first.answer)
    # A kill before this leaves the draft: sent again, it gets the first answer again.
    async with runtime.database.unit_of_work() as uow:
        await forget_draft(uow.session, actor, request_draft_id)
        await uow.commit()
    return answer


async def _gone(session: AsyncSession) -> Answer:
    del session
    raise NotFoundError


def _complete(draft: OpenDraft) -> NewRequest:
    try:
        return NewRequest.model_validate(draft.content)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False)
        raise RequestValidationError([fault | {"loc": ("body", *fault["loc"])} for fault in faults]) from error


def _author(request: Request) -> Actor:
    actor = actor_of(request)
    if actor.is_agent:
        raise FORBIDDEN.problem("Seul un usager garde un brouillon.", "Only a citizen keeps a draft.")
    return actor


async def _views(request: Request, session: AsyncSession, drafts: Sequence[OpenDraft]) -> list[RequestDraftView]:
    contents = [RequestDraftContent.model_validate(draft.content) for draft in drafts]
    wanted = {id_ for each in contents for id_ in each.certified_answers}
    rows = await certified.own(session, _author(request), wanted) if wanted else []
    known, language = {row.id: row for row in rows}, language_of(request)
    kept = timedelta(hours=parts_of(request).runtime.settings.upload_retention_hours)
    named = [
        [_certified(id_, known.get(id_), each, kept, language) for id_ in each.certified_answers] for each in contents
    ]
    return [_view(*each) for each in zip(drafts, contents, named, strict=True)]


def _certified(
    id_: UUID, row: CertifiedRow | None, content: RequestDraftContent, kept: timedelta, language: Language
) -> DraftCertifiedView:
    why = lost(row, content.request_type, now() - kept)
    return DraftCertifiedView(
        id=id_,
        question=row.question if row else None,
        reason=Labelled(code=why, label=LOST[why].in_language(language)) if why else None,
        usable_before=instant(row.created_at + kept) if row and not why else None,
    )


def _view(draft: OpenDraft, content: RequestDraftContent, named: list[DraftCertifiedView]) -> RequestDraftView:
    return RequestDraftView(
        id=draft.row.id,
        content=content,
        certified=named,
        version=draft.row.version,
        created_at=instant(draft.row.created_at),
        updated_at=instant(draft.row.updated_at),
    )


def _headers(request: Request, draft: OpenDraft) -> dict[str, str]:
    return {"ETag": entity_tag(draft.row.version), **_spoken(request)}


def _spoken(request: Request) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Language": language_of(request), "Vary": "Accept-Language"}
