# SPDX-License-Identifier: EUPL-1.2
"""What agents let the public see of a request, and the photos that it then sees."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field, StrictBool, model_validator
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, public, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import AttachmentView, Input, Labelled
from parvis_requests.api.views import attachment_view, instant, type_label
from parvis_requests.db.requests import form_key
from parvis_requests.domain.files import MEDIA_TYPES, FileKind
from parvis_requests.domain.publicity import Review
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.open_public_photo import open_public_photo
from parvis_requests.service.publish_request import (
    Moderated,
    NewDecision,
    decide_publication,
    list_waiting,
    read_publication,
)

routes = router(tags=["public"])
_PATH: Final = "/v1/requests/{request_id}/publication"
_PHOTOS: Final = [type_ for type_, kind in MEDIA_TYPES.items() if kind is FileKind.PHOTO]
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_SERVED: Final = {
    "Cache-Control": "public, max-age=300",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
}


class NewPublication(Input):
    """What the public is shown of a request, beside its type, its state and its place."""

    text: PlainText | None = Field(
        default=None, min_length=1, max_length=4_000, description="As it is shown; what was filed stays. None: no text."
    )
    photos: list[UUID] = Field(default_factory=list, max_length=10, description="Photos of the request that are shown.")
    hidden: StrictBool = Field(default=False, description="The public is told nothing of the request.")
    reason: PlainText | None = Field(
        default=None, min_length=1, max_length=2_000, description="Why; the author is told why it is hidden."
    )

    @model_validator(mode="after")
    def _with_reason(self) -> Self:
        if self.hidden and not self.reason:
            raise ValueError("say why it is hidden, in reason")
        return self


class DecisionView(BaseModel):
    """One decision of an agent."""

    number: int
    hidden: bool
    text: str | None
    photos: list[UUID]
    reason: str | None
    agent: UUID
    decided_at: datetime


class PublicationView(BaseModel):
    """What the public is shown of a request, what it could be shown, and all decisions, the first first."""

    content: Review = Field(description="When the text and the photos of such requests are shown.")
    hidden: bool
    text: str | None = Field(description="As it is shown now.")
    photos: list[UUID] = Field(description="Those that are shown now.")
    filed_text: str
    filed_photos: list[AttachmentView] = Field(description="Those that may be shown.")
    decisions: list[DecisionView]


class WaitingView(BaseModel):
    """A request whose text and photos nobody has looked at yet."""

    id: UUID
    reference: str
    request_type: Labelled
    description: str
    created_at: datetime


@routes.get(
    "/v1/waiting-publications",
    **token("requests.requests.read"),
    operation_id="listWaitingPublications",
    response_model=Page[WaitingView],
    responses=problems(400, 401, 403, 404, 422),
)
async def waiting(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """Requests of the last 90 days whose text and photos wait for an agent's review, the oldest first."""
    actor, parts, language = for_agents(actor_of(request)), parts_of(request), language_of(request)
    bound, cursors = [actor.collectivity, "waiting-publications"], parts.runtime.cursors
    catalogue, place = await parts.catalogues.of(actor.collectivity), cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        page = await list_waiting(session, actor, place, limit, catalogue=catalogue, now=now())
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    items = [
        WaitingView(
            id=row.id,
            reference=row.reference,
            request_type=type_label(catalogue.shown[form_key(row)].form, language),
            description=row.description,
            created_at=instant(row.created_at),
        )
        for row in page.rows
    ]
    return paged(request, response, items, cursors.write(page.next, bound), cursors.write(page.previous, bound))


@routes.get(
    _PATH,
    **token("requests.requests.read"),
    operation_id="readPublication",
    response_model=PublicationView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, request: Request, response: Response) -> PublicationView:
    """What the public is shown of a request, for agents; their look is recorded."""
    actor, parts = actor_of(request), parts_of(request)
    async with parts.runtime.database.unit_of_work() as uow:
        moderated = await read_publication(
            uow.session, actor, request_id, catalogues=parts.catalogues, persons=parts.runtime.persons, now=now()
        )
        await uow.commit()
    return _view(moderated, response)


@routes.put(
    _PATH,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="decidePublication",
    response_model=PublicationView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def decide(request_id: UUID, body: NewPublication, request: Request, response: Response) -> PublicationView:
    """Say what the public is shown of a request from now on; its first `ETag` is `"0"`."""
    actor, parts, seen = actor_of(request), parts_of(request), required_version(request)
    new = NewDecision(body.hidden, body.text, tuple(body.photos), body.reason)
    async with parts.runtime.database.unit_of_work() as uow:
        moderated = await decide_publication(
            uow.session, actor, request_id, new,
            seen=seen, catalogues=parts.catalogues, persons=parts.runtime.persons, now=now(),
        )  # fmt: skip
        await uow.commit()
    return _view(moderated, response)


@routes.get(
    "/v1/collectivities/{collectivity}/public-photos/{photo_id}",
    **public(),
    operation_id="readPublicPhoto",
    response_class=Response,
    responses=problems(404, 422) | {200: {"content": dict.fromkeys(_PHOTOS, _BINARY)}},
)
async def photo(
    collectivity: Collectivity,
    photo_id: UUID,
    request: Request,
    size: Annotated[Literal["whole", "small"], Query(description="`small`: a WebP of at most 320 pixels.")] = "whole",
) -> Response:
    """A photo that is shown to the public, without what its camera wrote into it."""
    parts, small = parts_of(request), size == "small"
    catalogue = await parts.catalogues.of(collectivity)
    async with parts.runtime.database.reading() as session:
        row, content = await open_public_photo(
            session, collectivity, photo_id,
            small=small, catalogue=catalogue, persons=parts.runtime.persons, blobs=parts.blobs,
        )  # fmt: skip
    return Response(content, headers=_SERVED, media_type="image/webp" if small else row.media_type)


def _view(moderated: Moderated, response: Response) -> PublicationView:
    decisions, content = moderated.decisions, moderated.content
    response.headers.update({"ETag": entity_tag(len(decisions)), "Cache-Control": "no-store"})
    return PublicationView(
        content=moderated.publicity.content,
        hidden=bool(decisions) and decisions[-1].row.hidden,
        text=content.words,
        photos=[photo.id for photo in content.photos],
        filed_text=moderated.row.description,
        filed_photos=[attachment_view(photo) for photo in moderated.photos],
        decisions=[
            DecisionView(
                number=taken.row.number,
                hidden=taken.row.hidden,
                text=taken.row.words,
                photos=taken.row.photos,
                reason=taken.reason,
                agent=taken.row.agent,
                decided_at=instant(taken.row.decided_at),
            )
            for taken in decisions
        ],
    )
