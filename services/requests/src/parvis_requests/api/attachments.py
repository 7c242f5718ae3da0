# SPDX-License-Identifier: EUPL-1.2
"""Attachments: upload before the request that they belong to, download."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_files.content import HEIC
from parvis_files.route import FileRoute
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, parts_of, root_of
from parvis_requests.api.schemas import UploadView
from parvis_requests.api.views import upload_view
from parvis_requests.domain.files import MEDIA_TYPES, FileKind
from parvis_requests.service.open_attachment import open_attachment
from parvis_requests.service.upload_attachment import MAX_BYTES, upload_attachment

routes = router(tags=["attachments"], route_class=FileRoute)
_BINARY = {"schema": {"type": "string", "format": "binary"}}
LIMITS: Final[dict[str, Any]] = {"body_limit": MAX_BYTES, "timeout": 60}
FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": dict.fromkeys(MEDIA_TYPES, _BINARY)}}


def taking_files(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a route whose body is a file."""
    options["openapi_extra"]["requestBody"] = {
        "required": True,
        "description": (
            "A JPEG, PNG, WebP or HEIC photo (kept as JPEG), a PDF, an ODT or a DOCX, at most 10 MiB; recognised by"
            " content."
        ),
        "content": dict.fromkeys((*MEDIA_TYPES, HEIC), _BINARY),
    }
    return options


ForRequest = Annotated[UUID | None, Query(description="The request that an agent sends it for.")]
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@routes.post(
    "/v1/attachments",
    **taking_files(token("requests.attachments.write", headers=[IDEMPOTENCY_KEY], **LIMITS)),
    operation_id="uploadAttachment",
    status_code=201,
    response_model=UploadView,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
async def upload(request: Request, for_request: ForRequest = None) -> Response:
    """Send a file; it is kept a day, until a request joins it. What a camera wrote into a photo is removed."""
    actor, parts = actor_of(request), parts_of(request)
    content = await request.body()

    async def effect(session: AsyncSession) -> Answer:
        taken = await upload_attachment(
            session,
            actor,
            content,
            persons=parts.runtime.persons,
            blobs=parts.blobs,
            scan=parts.first_scan,
            for_request=for_request,
        )
        return Answer.of(upload_view(taken), {"Location": f"{root_of(request)}/attachments/{taken.attachment.id}"})

    call = idempotent_call(request, principal_of(request), content)
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/attachments/{attachment_id}",
    **token("requests.requests.read"),
    operation_id="readAttachment",
    response_class=Response,
    responses=problems(401, 403, 404, 409, 422) | FILE,
)
async def download(attachment_id: UUID, request: Request) -> Response:
    """The file, for whoever uploaded it and for the agents once it belongs to a request."""
    actor, parts = actor_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        attachment, content = await open_attachment(
            session, actor, attachment_id, persons=parts.runtime.persons, blobs=parts.blobs
        )
    shown = "inline" if MEDIA_TYPES[attachment.media_type] is FileKind.PHOTO else "attachment"
    return Response(content, headers=_HEADERS | {"Content-Disposition": shown}, media_type=attachment.media_type)


@routes.get(
    "/v1/attachments/{attachment_id}/thumbnail",
    **token("requests.requests.read"),
    operation_id="readThumbnail",
    response_class=Response,
    responses=problems(401, 403, 404, 409, 422) | {200: {"content": {"image/webp": _BINARY}}},
)
async def thumbnail(attachment_id: UUID, request: Request) -> Response:
    """A small picture of a photo, at most 320 pixels a side."""
    actor, parts = actor_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        _, content = await open_attachment(
            session, actor, attachment_id, persons=parts.runtime.persons, blobs=parts.blobs, small=True
        )
    return Response(content, headers=_HEADERS | {"Content-Disposition": "inline"}, media_type="image/webp")
