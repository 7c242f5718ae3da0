# SPDX-License-Identifier: EUPL-1.2
"""Discussions: everybody reads them, people who signed in write in them under a pseudonym."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.db import keyset
from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.audiences import check_may_discuss
from parvis_participation.api.comment_schemas import CommentEdit, CommentVersionView, CommentView, NewComment
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.moderation_problems import too_many
from parvis_participation.api.views import instant
from parvis_participation.db import comments
from parvis_participation.db.comment_tables import Comment as Row
from parvis_participation.domain.errors import TooManyError
from parvis_participation.domain.thread import CommentState, Subject, ThreadKind
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.discussed import check_readable
from parvis_participation.service.pseudonyms import Pseudonyms
from parvis_participation.service.write_comment import NewComment as New
from parvis_participation.service.write_comment import edit_comment, withdraw_comment, write_comment

routes = router(tags=["comments"])
_HEADERS = {"Cache-Control": "public, no-cache"}


@routes.get(
    "/v1/collectivities/{collectivity}/threads/{thread}/{subject_id}/comments",
    **public(),
    operation_id="listComments",
    response_model=Page[CommentView],
    responses=problems(400, 404, 422),
)
async def list_(
    collectivity: Collectivity,
    thread: ThreadKind,
    subject_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """A discussion in the order in which it is read: each comment before its answers, the oldest first."""
    parts, subject, bound = parts_of(request), Subject(thread, subject_id), ["comments", thread, str(subject_id)]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        await check_readable(session, collectivity, subject)
        found = await comments.page(session, subject, place, limit)
    response.headers.update(_HEADERS)
    items = [_view(row, parts.pseudonyms) for row in found.rows]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/comments/{comment_id}/versions",
    **public(),
    operation_id="listCommentVersions",
    response_model=Page[CommentVersionView],
    responses=problems(400, 404, 422),
)
async def versions(
    collectivity: Collectivity,
    comment_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What a comment said before its author changed it, the last first; nothing once it is withdrawn or removed."""
    runtime, bound = parts_of(request).runtime, ["versions", str(comment_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        row = await comments.one(session, collectivity, comment_id)
        await check_readable(session, collectivity, comments.subject_of(row))
        shown = row.state == CommentState.PUBLISHED
        found = await comments.versions(session, comment_id, place, limit) if shown else keyset.Slice((), None, None)
    response.headers.update(_HEADERS)
    items = [CommentVersionView(version=v.version, text=v.text, written_at=instant(v.created_at)) for v in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/threads/{thread}/{subject_id}/comments",
    **token("participation.comments.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="writeComment",
    status_code=201,
    response_model=CommentView,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 429),
)
async def write(thread: ThreadKind, subject_id: UUID, body: NewComment, request: Request) -> Response:
    """Comment on a project once deposits have ended, or on an open consultation; public at once."""
    citizen, parts, at = citizen_of(request), parts_of(request), now()
    new = New(body.text, body.parent_id)

    async def effect(session: AsyncSession) -> Answer:
        row = await write_comment(session, _author(citizen), Subject(thread, subject_id), new, now=at)
        return Answer.of(_view(row, parts.pseudonyms), {"ETag": entity_tag(row.version)})

    await check_may_discuss(request, Subject(thread, subject_id), at)
    call = idempotent_call(request, citizen, await request.body())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except TooManyError as error:
        raise too_many() from error


@routes.put(
    "/v1/comments/{comment_id}",
    **token("participation.comments.write", headers=[IF_MATCH]),
    operation_id="editComment",
    response_model=CommentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def edit(comment_id: UUID, body: CommentEdit, request: Request, response: Response) -> CommentView:
    """Change one's own comment while its thread takes comments; what it said before stays public."""
    citizen, parts, version = citizen_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        row = await edit_comment(uow.session, _author(citizen), comment_id, body.text, version=version, now=now())
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return _view(row, parts.pseudonyms)


@routes.delete(
    "/v1/comments/{comment_id}",
    **token("participation.comments.write", headers=[IF_MATCH]),
    operation_id="withdrawComment",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(comment_id: UUID, request: Request) -> Response:
    """Take one's own comment back, at any time: its words are removed, present and former."""
    citizen, version = citizen_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_comment(uow.session, _author(citizen), comment_id, version=version, now=now())
        await uow.commit()
    return Response(status_code=204)


def _author(citizen: Principal) -> Author:
    return Author(citizen.collectivity, citizen.person)


def _view(row: Row, pseudonyms: Pseudonyms) -> CommentView:
    subject = comments.subject_of(row)
    return CommentView(
        id=row.id,
        thread=subject.kind,
        subject_id=subject.id,
        parent_id=row.parent_id,
        depth=row.depth,
        author=pseudonyms.of(row.collectivity, row.person),
        state=row.state,
        text=row.text if row.state == CommentState.PUBLISHED else None,
        created_at=instant(row.created_at),
        changed_at=instant(row.changed_at),
        version=row.version,
    )
