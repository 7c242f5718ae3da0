# SPDX-License-Identifier: EUPL-1.2
"""Published versions one by one, and what a template would say: shown, compared, or sent to the agent who asks."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_notifications.api.context import language_of, now, parts_of, writer_of
from parvis_notifications.api.message_templates import ONE, PATH, READ, WRITE
from parvis_notifications.api.template_schemas import (
    MessageTemplateVersionView,
    TemplateChange,
    TemplateComparison,
    TemplatePreview,
    TemplateTestSend,
    TemplateTestSendView,
    TemplateTrial,
)
from parvis_notifications.api.template_views import preview_view, version_view
from parvis_notifications.db import message_templates
from parvis_notifications.domain.template_json import from_json
from parvis_notifications.service.compare_versions import compare_versions
from parvis_notifications.service.preview_template import content_of, preview
from parvis_notifications.service.try_template import carried, try_template

routes = router(tags=["templates"])
Number = Annotated[int, Path(ge=1, le=100_000)]


@routes.get(
    ONE + "/versions/{number}",
    **token(READ),
    operation_id="readMessageTemplateVersion",
    response_model=MessageTemplateVersionView,
    responses=problems(401, 403, 404, 422),
)
async def version(message_template_id: UUID, number: Number, request: Request) -> object:
    """What was published under that number."""
    writer = writer_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await message_templates.one(session, writer.collectivity, message_template_id)
        return version_view(await message_templates.version(session, row.id, number))


@routes.get(
    ONE + "/versions/{number}/changes",
    **token(READ),
    operation_id="compareMessageTemplateVersions",
    response_model=TemplateComparison,
    responses=problems(401, 403, 404, 422),
)
async def compare(
    message_template_id: UUID,
    number: Number,
    request: Request,
    since: Annotated[int | None, Query(ge=1, le=100_000, description="The version to compare with.")] = None,
) -> object:
    """What changed since that version, or since the one before, line by line (unified format)."""
    writer = writer_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await message_templates.one(session, writer.collectivity, message_template_id)
        after = await message_templates.version(session, row.id, number)
        before = await message_templates.version(session, row.id, since or max(number - 1, 1))
    changes = compare_versions(from_json(before.content), from_json(after.content))
    return TemplateComparison(changes=[TemplateChange(**each) for each in changes])


@routes.post(
    ONE + "/previews",
    **token(READ),
    operation_id="previewMessageTemplate",
    response_model=TemplatePreview,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def show(message_template_id: UUID, body: TemplateTrial, request: Request) -> object:
    """Show the message in every variant, with the examples where no value is given; nothing is kept."""
    writer = writer_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row, content = await content_of(session, writer.collectivity, message_template_id, body.version)
    had, variants = preview(row, content, body.language, body.values)
    return preview_view(had, variants, content, language_of(request))


@routes.post(
    ONE + "/test-sends",
    **token(WRITE, headers=[IDEMPOTENCY_KEY]),
    operation_id="testMessageTemplate",
    status_code=202,
    response_model=TemplateTestSendView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def test_send(message_template_id: UUID, body: TemplateTestSend, request: Request) -> Response:
    """Send it to the calling agent, at the address that identity knows as theirs."""
    writer, parts = writer_of(request), parts_of(request)
    runtime, link = parts.runtime, f"{parts.runtime.settings.public_url}{PATH}/{message_template_id}"
    key = await runtime.persons.of(writer.person)

    async def effect(session: AsyncSession) -> Answer:
        row, content = await content_of(session, writer.collectivity, message_template_id, body.version)
        had, variants = preview(row, content, body.language, body.values)
        carried(content, body.channel, variants)
        way = (body.channel, had, link)
        message = await try_template(session, writer, key, variants, way, now())
        return Answer.of(TemplateTestSendView(message_id=message), status=202)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await runtime.idempotency.once(call, effect)
