# SPDX-License-Identifier: EUPL-1.2
"""Message templates: agents write, publish and restore them."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    principal_of,
    problems,
    router,
    token,
)
from parvis_notifications.api.context import language_of, now, parts_of, writer_of
from parvis_notifications.api.template_schemas import (
    MessageOccasionList,
    MessageTemplateBody,
    MessageTemplateVersionView,
    MessageTemplateView,
    NewMessageTemplate,
    TemplatePublication,
)
from parvis_notifications.api.template_views import occasion_view, template_view, version_view
from parvis_notifications.db import message_templates
from parvis_notifications.service.edit_templates import (
    archive_template,
    publish_template,
    rewrite_template,
    write_template,
)
from parvis_notifications.service.message_languages import standing
from parvis_notifications.service.read_occasions import read_occasions

routes = router(tags=["templates"])
PATH: Final = "/v1/message-templates"
ONE: Final = PATH + "/{message_template_id}"
READ: Final = "notifications.templates.read"
WRITE: Final = "notifications.templates.write"
BODY: Final = 524_288


@routes.get(
    "/v1/message-occasions",
    **token(READ),
    operation_id="listMessageOccasions",
    response_model=MessageOccasionList,
    responses=problems(401, 403),
)
async def occasions(request: Request) -> object:
    """The service's own messages: the deployment's words, and whether the collectivity has its own instead."""
    writer, parts = writer_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        found = await read_occasions(session, writer.collectivity, parts.templates)
        written = await standing(session, writer.collectivity)
    return MessageOccasionList(items=[occasion_view(each, written.lacking(each.occasion)) for each in found])


@routes.post(
    PATH,
    **token(WRITE, headers=[IDEMPOTENCY_KEY], body_limit=BODY),
    operation_id="writeMessageTemplate",
    status_code=201,
    response_model=MessageTemplateView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def write(body: NewMessageTemplate, request: Request) -> Response:
    """Begin a template; it is checked, and nothing is sent by it before it is published."""
    writer, parts, language = writer_of(request), parts_of(request), language_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await write_template(session, writer, body.name, body.occasion, body.content(), now())
        where = f"{parts.runtime.settings.public_url}{PATH}/{row.id}"
        return Answer.of(template_view(row, language), {"ETag": entity_tag(row.version), "Location": where})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    PATH,
    **token(READ),
    operation_id="listMessageTemplates",
    response_model=Page[MessageTemplateView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The collectivity's own templates, newest first; what it inherits is under `/v1/message-occasions`."""
    writer, runtime = writer_of(request), parts_of(request).runtime
    bound = ["message-templates", writer.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await message_templates.page(session, writer.collectivity, place, limit)
    items = [template_view(row, language_of(request)) for row in found.rows]
    return paged(
        request, response, items, runtime.cursors.write(found.next, bound), runtime.cursors.write(found.previous, bound)
    )


@routes.get(
    ONE,
    **token(READ, headers=[IF_NONE_MATCH]),
    operation_id="readMessageTemplate",
    response_model=MessageTemplateView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(message_template_id: UUID, request: Request, response: Response) -> object:
    """A template with its draft, and what could be better in it."""
    writer, language = writer_of(request), language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await message_templates.one(session, writer.collectivity, message_template_id)
    tag = entity_tag(row.version, language)
    if not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers.update({"ETag": tag, "Content-Language": language, "Vary": "Accept-Language"})
    return template_view(row, language)


@routes.put(
    ONE,
    **token(WRITE, headers=[IF_MATCH], body_limit=BODY),
    operation_id="rewriteMessageTemplate",
    response_model=MessageTemplateView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def rewrite(message_template_id: UUID, body: MessageTemplateBody, request: Request, response: Response) -> object:
    """Write the draft anew; what is published stays as it is."""
    writer, version, language = writer_of(request), required_version(request), language_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await rewrite_template(
            uow.session, writer, message_template_id, body.name, body.content(), version=version, now=now()
        )
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version, language)
    return template_view(row, language)


@routes.delete(
    ONE,
    **token(WRITE, headers=[IF_MATCH]),
    operation_id="archiveMessageTemplate",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def archive(message_template_id: UUID, request: Request) -> None:
    """Put it away: nothing is sent by it any more, and an occasion has the deployment's words again."""
    writer, version = writer_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await archive_template(uow.session, writer, message_template_id, version=version, now=now())
        await uow.commit()


@routes.post(
    ONE + "/versions",
    **token(WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="publishMessageTemplate",
    status_code=201,
    response_model=MessageTemplateVersionView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def publish(message_template_id: UUID, body: TemplatePublication, request: Request) -> Response:
    """Publish the draft as a version that stays as it is, or an older version again."""
    writer, version, parts = writer_of(request), required_version(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row, published = await publish_template(
            session, writer, message_template_id, restored=body.restore, version=version, now=now()
        )
        where = f"{parts.runtime.settings.public_url}{PATH}/{row.id}/versions/{published.number}"
        return Answer.of(version_view(published), {"ETag": entity_tag(row.version), "Location": where})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    ONE + "/versions",
    **token(READ),
    operation_id="listMessageTemplateVersions",
    response_model=Page[MessageTemplateVersionView],
    responses=problems(400, 401, 403, 404, 422),
)
async def versions(
    message_template_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """What was published, newest first."""
    writer, runtime = writer_of(request), parts_of(request).runtime
    bound = ["message-template-versions", writer.collectivity, str(message_template_id)]
    async with runtime.database.reading() as session:
        row = await message_templates.one(session, writer.collectivity, message_template_id)
        place = runtime.cursors.read(cursor, bound)
        found = await message_templates.versions(session, row.id, place, limit)
    items = [version_view(each) for each in found.rows]
    return paged(
        request, response, items, runtime.cursors.write(found.next, bound), runtime.cursors.write(found.previous, bound)
    )
