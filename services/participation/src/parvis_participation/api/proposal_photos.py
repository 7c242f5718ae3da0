# SPDX-License-Identifier: EUPL-1.2
"""Photos of proposals: sent and described by those who write them, seen by all, and by moderators once reported."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_files.content import HEIC
from parvis_files.route import FileRoute
from parvis_kit.problems import unavailable
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    problems,
    public,
    router,
    token,
)
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, citizen_of, now, parts_of
from parvis_participation.api.proposal_schemas import PhotoDescription, PhotoView
from parvis_participation.api.views import instant
from parvis_participation.db.photo_tables import ProposalPhoto
from parvis_participation.domain.survey_errors import AntivirusAwayError
from parvis_participation.service import proposal_photos as photos
from parvis_participation.service.deposit_project import Author

routes = router(route_class=FileRoute)
_ALL: Final = "/v1/proposals/{proposal_id}/photos"
_ONE: Final = _ALL + "/{photo_id}"
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_PHOTO: Final[dict[int | str, dict[str, Any]]] = {200: {"content": dict.fromkeys(photos.KINDS, _BINARY)}}
_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
_SENDING: Final = token(
    "participation.proposals.write", headers=[IDEMPOTENCY_KEY], body_limit=photos.MAX_BYTES, timeout=90
)
_SENDING["openapi_extra"]["requestBody"] = {
    "required": True,
    "description": "A JPEG, PNG, WebP or HEIC photo (kept as JPEG), at most 10 MiB; recognised by content."
    " Kept with 2,048 pixels a side at most.",
    "content": dict.fromkeys((*photos.KINDS, HEIC), _BINARY),
}
Size = Annotated[Literal["whole", "small"], Query(description="`small`: a WebP of at most 320 pixels.")]


@routes.post(
    _ALL,
    tags=["proposals"],
    **_SENDING,
    operation_id="sendProposalPhoto",
    status_code=201,
    response_model=PhotoView,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
)
async def send(proposal_id: UUID, request: Request) -> Response:
    """Send a photo of a proposal that one writes; it is public once it is described, and forgotten after a day if not.

    What the camera wrote into it, such as where it was taken, is removed.
    """
    citizen, parts, at = citizen_of(request), parts_of(request), now()
    author, content = Author(citizen.collectivity, citizen.person), await request.body()
    async with parts.runtime.database.reading() as session:
        await photos.check_room(session, author, proposal_id, at)
    try:
        photo = await photos.cleaned_photo(content, parts.filing)
    except AntivirusAwayError as error:
        raise unavailable() from error

    async def effect(session: AsyncSession) -> Answer:
        row = await photos.keep_photo(session, author, proposal_id, photo, filing=parts.filing, now=at)
        return Answer.of(photo_view(row), {"ETag": entity_tag(row.version), "Cache-Control": "no-store"})

    return await parts.runtime.idempotency.once(idempotent_call(request, citizen, content), effect)


@routes.put(
    _ONE,
    tags=["proposals"],
    **token("participation.proposals.write", headers=[IF_MATCH]),
    operation_id="describeProposalPhoto",
    response_model=PhotoView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def describe(
    proposal_id: UUID, photo_id: UUID, body: PhotoDescription, request: Request, response: Response
) -> PhotoView:
    """Say what a photo shows, for those who cannot see it: from then on it is public with its proposal."""
    citizen, version = citizen_of(request), required_version(request)
    author, text = Author(citizen.collectivity, citizen.person), body.alternative_text
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await photos.describe_photo(uow.session, author, proposal_id, photo_id, text, version=version, now=now())
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return photo_view(row)


@routes.delete(
    _ONE,
    tags=["proposals"],
    **token("participation.proposals.write", headers=[IF_MATCH]),
    operation_id="withdrawProposalPhoto",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(proposal_id: UUID, photo_id: UUID, request: Request) -> Response:
    """Take a photo of a proposal that one writes back; one that was reported stays, for moderators alone."""
    citizen, version = citizen_of(request), required_version(request)
    author = Author(citizen.collectivity, citizen.person)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await photos.withdraw_photo(uow.session, author, proposal_id, photo_id, version=version, now=now())
        await uow.commit()
    return Response(status_code=204)


@routes.get(
    "/v1/collectivities/{collectivity}/proposals/{proposal_id}/photos/{photo_id}",
    tags=["proposals"],
    **public(headers=[IF_NONE_MATCH]),
    operation_id="readProposalPhoto",
    response_class=Response,
    responses=problems(404, 422) | _PHOTO | NOT_MODIFIED,
)
async def read(
    collectivity: Collectivity, proposal_id: UUID, photo_id: UUID, request: Request, size: Size = "whole"
) -> Response:
    """A photo that is shown with its proposal, without what its camera wrote into it."""
    parts, tag = parts_of(request), entity_tag(1, size)
    async with parts.runtime.database.reading() as session:
        row = await photos.find_photo(session, parts.runtime.persons, collectivity, proposal_id, photo_id)
        known = not_modified(request, tag)
        found = None if known else await photos.open_photo(session, parts.runtime.persons, row, small=size == "small")
    headers = _HEADERS | {"Cache-Control": "public, no-cache", "ETag": tag}  # its bytes never change
    if found is None:
        return Response(None, 304, headers)
    media_type, content = found
    return Response(content, headers=headers | {"Content-Disposition": "inline"}, media_type=media_type)


@routes.get(
    "/v1/moderation-cases/{case_id}/photos/{photo_id}",
    tags=["moderation"],
    **token("participation.moderation.read"),
    operation_id="readReportedPhoto",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | _PHOTO,
)
async def read_reported(case_id: UUID, photo_id: UUID, request: Request) -> Response:
    """A photo that was reported, as it was then, for moderators; also once nobody else sees it any more."""
    agent, parts = agent_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        media_type, content = await photos.open_reported(
            session, parts.runtime.persons, agent.collectivity, case_id, photo_id
        )
    headers = _HEADERS | {"Cache-Control": "no-store", "Content-Disposition": "attachment"}
    return Response(content, headers=headers, media_type=media_type)


def photo_view(row: ProposalPhoto) -> PhotoView:
    """A photo without its bytes."""
    return PhotoView(
        id=row.id,
        alternative_text=row.alternative_text,
        media_type=row.media_type,
        width=row.width,
        height=row.height,
        added_at=instant(row.created_at),
        version=row.version,
    )
