# SPDX-License-Identifier: EUPL-1.2
"""Attachments: upload before the request that they belong to, download."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, parts_of
from parvis_requests.api.schemas import AttachmentView
from parvis_requests.api.views import attachment_view
from parvis_requests.db import attachments as stored
from parvis_requests.service.upload_attachment import FORMATS, MAX_BYTES, context, upload_attachment

routes = router(tags=["attachments"])
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = token("requests.attachments.write", headers=[IDEMPOTENCY_KEY], body_limit=MAX_BYTES, timeout=60)
_UPLOAD["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "The bytes of a JPEG, PNG or WebP image, at most 10 MiB; recognised by content.",
    "content": dict.fromkeys(FORMATS.values(), _BINARY),
}


@routes.post(
    "/v1/attachments",
    **_UPLOAD,
    operation_id="uploadAttachment",
    status_code=201,
    response_model=AttachmentView,
    responses=problems(400, 401, 403, 409, 413, 415, 422),
)
async def upload(request: Request) -> Response:
    """Send a photo; it is kept a day, until a request joins it. What the camera wrote into it is removed."""
    actor, parts = actor_of(request), parts_of(request)
    content = await request.body()

    async def effect(session: AsyncSession) -> Answer:
        attachment = await upload_attachment(session, actor, content, persons=parts.runtime.persons, blobs=parts.blobs)
        return Answer.of(attachment_view(attachment), {"Location": f"/v1/attachments/{attachment.id}"})

    call = idempotent_call(request, principal_of(request), content)
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/attachments/{attachment_id}",
    **token("requests.requests.read"),
    operation_id="readAttachment",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | {200: {"content": dict.fromkeys(FORMATS.values(), _BINARY)}},
)
async def download(attachment_id: UUID, request: Request) -> Response:
    """The image, for whoever uploaded it and for the agents once it belongs to a request."""
    actor, parts = actor_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        attachment = await stored.one(session, actor, attachment_id)
    sealed = await parts.blobs.get(attachment.id)
    content = (await parts.runtime.persons.of(attachment.owner)).open_bytes(context(attachment.id), sealed)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, headers=headers, media_type=attachment.media_type)
