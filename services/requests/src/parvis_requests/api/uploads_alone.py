# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account sends files, before they file what these belong to."""

from hashlib import sha256

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_files.route import FileRoute
from parvis_kit.web.idempotency import Answer, IdempotentCall
from parvis_kit.web.operation import problems, public, router
from parvis_requests.api.attachments import LIMITS, taking_files
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import now, parts_of
from parvis_requests.api.filing_alone import OWN_KEY, UPLOAD_TOKEN, checked_key, too_many
from parvis_requests.api.schemas import UploadView
from parvis_requests.api.views import upload_view
from parvis_requests.domain.errors import TooManyFilingsError
from parvis_requests.service.upload_alone import upload_alone

routes = router(tags=["tracked"], route_class=FileRoute)


class AloneUploadView(UploadView):
    """The file, and the token with which it is filed."""

    upload_token: str = Field(description="For the header `Upload-Token`, with the other files and when it is filed.")


@routes.post(
    "/v1/collectivities/{collectivity}/attachments",
    **taking_files(public(headers=[OWN_KEY, UPLOAD_TOKEN], **LIMITS)),
    operation_id="uploadAnonymously",
    status_code=201,
    response_model=AloneUploadView,
    responses=problems(400, 403, 404, 409, 413, 415, 422, 429),
)
async def upload(collectivity: Collectivity, request: Request) -> Response:
    """Send a file without an account; it is kept a day, until a request joins it."""
    parts, token, content = parts_of(request), request.headers.get("upload-token"), await request.body()
    catalogue, settings = await parts.catalogues.of(collectivity), parts.runtime.settings

    async def effect(session: AsyncSession) -> Answer:
        taken, uploader = await upload_alone(
            session,
            collectivity,
            token,
            content,
            catalogue=catalogue,
            most=settings.anonymous_uploads_per_hour,
            persons=parts.runtime.persons,
            blobs=parts.blobs,
            scan=parts.first_scan,
            now=now(),
        )
        view = AloneUploadView(**upload_view(taken).model_dump(), upload_token=uploader.token)
        return Answer.of(view, {"Cache-Control": "no-store"})

    caller = sha256(f"{collectivity}/{token or ''}".encode()).digest()
    call = IdempotentCall(caller, "uploadAnonymously", checked_key(request), sha256(content).digest())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except TooManyFilingsError as error:
        raise too_many() from error
