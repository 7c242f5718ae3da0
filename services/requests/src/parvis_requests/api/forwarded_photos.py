# SPDX-License-Identifier: EUPL-1.2
"""Photos at the addresses that bodies were given which handle the requests of these photos."""

from typing import Annotated, Any, Final

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, service
from parvis_requests.api.context import now, parts_of
from parvis_requests.service.leaving_photos import open_leaving_photo
from parvis_requests.service.read_forwarded import PHOTO_PATH

routes = router(tags=["open311"])
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_PHOTO: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": dict.fromkeys(("image/jpeg", "image/png", "image/webp"), _BINARY)}
}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
}
Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{48}$", description="The secret part of the address.")]


@routes.get(
    PHOTO_PATH + "/{secret}",
    **service(cors=False),
    operation_id="readForwardedPhoto",
    response_class=Response,
    responses=problems(404, 422) | _PHOTO,
)
async def read(secret: Secret, request: Request) -> Response:
    """A photo of a request that another body handles, for a week after it was sent there (`media_url`)."""
    runtime, blobs = parts_of(request).runtime, parts_of(request).blobs
    async with runtime.database.reading() as session:
        photo, content = await open_leaving_photo(
            session, secret, index=runtime.blind_index, persons=runtime.persons, blobs=blobs, now=now()
        )
    return Response(content, headers=_HEADERS, media_type=photo.media_type)
