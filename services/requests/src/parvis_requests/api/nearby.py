# SPDX-License-Identifier: EUPL-1.2
"""What others have reported nearby, and following it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field, StrictBool
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.schemas import Input, Labelled, Latitude, Longitude, Point
from parvis_requests.api.views import instant, shown_point, status_label, type_label
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.nearby import Near
from parvis_requests.domain.position import Position
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.follow_request import find_nearby, follow_request, list_followed

routes = router(tags=["requests"])
SHOWN = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
Radius = Annotated[int, Query(ge=10, le=500, description="In metres.")]
Words = Annotated[PlainText, Query(max_length=200, description="Words of the report that is being written.")]


class NearbyView(BaseModel):
    """An open request that the public may know of; its words and whoever filed it are not told."""

    id: UUID
    reference: str
    request_type: Labelled
    status: Labelled
    position: Point
    distance: int = Field(description="In metres.")
    likeness: float = Field(description="Of its words, as far as anybody may read them, to those sent: 0 to 1.")
    followers: int
    following: bool
    own: bool = Field(description="The caller has filed it.")
    created_at: datetime


class NearbyList(BaseModel):
    """The nearest and most alike first, at most 20."""

    items: list[NearbyView]


class NewFollow(Input):
    """Whether to follow a request from now on."""

    following: StrictBool


class FollowView(BaseModel):
    """Whether the caller follows a request, and how many do."""

    following: bool
    followers: int


class FollowedView(BaseModel):
    """A request that the caller follows."""

    id: UUID
    reference: str
    request_type: Labelled
    status: Labelled
    position: Point | None
    created_at: datetime
    updated_at: datetime


class FollowedList(BaseModel):
    """What the caller follows, the latest first, at most 100."""

    items: list[FollowedView]


def nearby_fields(near: Near, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    """What whoever reports sees of a request nearby, with or without an account."""
    form = catalogue.shown[FormKey(near.type_id, near.type_version)].form
    return {
        "reference": near.reference,
        "request_type": type_label(form, language),
        "status": status_label(form.workflow, near.status, language),
        "position": Point(type="Point", coordinates=(near.longitude, near.latitude)),
        "distance": round(near.distance),
        "likeness": round(near.likeness, 2),
        "followers": near.followers,
        "created_at": instant(near.created_at),
    }


@routes.get(
    "/v1/nearby-requests",
    **token("requests.requests.read"),
    operation_id="listNearbyRequests",
    response_model=NearbyList,
    responses=problems(401, 403, 404, 422),
)
async def nearby(
    request: Request,
    response: Response,
    longitude: Longitude,
    latitude: Latitude,
    radius: Radius = 150,
    q: Words = "",
) -> NearbyList:
    """What is reported around a place and still open, so that it is followed rather than reported again."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)
    async with parts.runtime.database.reading() as session:
        found = await find_nearby(session, actor, Position(longitude, latitude), radius, q, 20, catalogue=catalogue)
    response.headers.update(SHOWN | {"Content-Language": language})
    return NearbyList(
        items=[
            NearbyView(id=near.id, following=near.followed, own=near.own, **nearby_fields(near, catalogue, language))
            for near in found
        ]
    )


@routes.post(
    "/v1/requests/{request_id}/follow",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="followRequest",
    status_code=201,
    response_model=FollowView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def follow(request_id: UUID, body: NewFollow, request: Request) -> Response:
    """Follow a request that the public may know of, or no longer: one is told when its state changes."""
    actor, parts = actor_of(request), parts_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())

    async def effect(session: AsyncSession) -> Answer:
        done = await follow_request(
            session, actor, request_id, follow=body.following, catalogues=parts.catalogues, now=now()
        )
        return Answer.of(FollowView(following=done.following, followers=done.followers))

    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/followed-requests",
    **token("requests.requests.read"),
    operation_id="listFollowedRequests",
    response_model=FollowedList,
    responses=problems(401, 403, 404, 422),
)
async def followed(request: Request, response: Response) -> FollowedList:
    """What the caller follows, and where each stands."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)
    async with parts.runtime.database.reading() as session:
        found = await list_followed(session, actor, catalogue=catalogue)
    response.headers.update(SHOWN | {"Content-Language": language})
    return FollowedList(
        items=[
            FollowedView(
                id=row.id,
                reference=row.reference,
                request_type=type_label(form, language),
                status=status_label(form.workflow, row.status, language),
                position=shown_point(row, publicity),
                created_at=instant(row.created_at),
                updated_at=instant(row.updated_at),
            )
            for row, (form, publicity) in found
        ]
    )
