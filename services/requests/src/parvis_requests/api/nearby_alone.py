# SPDX-License-Identifier: EUPL-1.2
"""What others have reported nearby, and following it, for people without an account."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.ids import uuid7
from parvis_kit.locale import Language
from parvis_kit.web.idempotency import Answer, IdempotentCall, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, public, router, token
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import Parts, actor_of, language_of, now, parts_of
from parvis_requests.api.filing_alone import OWN_KEY, checked_key, too_many
from parvis_requests.api.nearby import SHOWN, FollowView, Radius, Words, nearby_fields
from parvis_requests.api.schemas import Email, Input, Labelled, Latitude, Longitude, Point
from parvis_requests.api.views import instant
from parvis_requests.domain.errors import TooManyFilingsError
from parvis_requests.domain.position import Position
from parvis_requests.domain.reference import normal_reference
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.file_anonymously import Bounds
from parvis_requests.service.follow_alone import FollowingAlone, ask_to_follow, follow_on_behalf
from parvis_requests.service.follow_request import find_nearby

routes = router(tags=["public"])


class PublicNearbyView(BaseModel):
    """An open request that the public may know of; its words and whoever filed it are not told."""

    reference: str
    request_type: Labelled
    status: Labelled
    position: Point
    distance: int = Field(description="In metres.")
    likeness: float = Field(description="Of its words, as far as anybody may read them, to those sent: 0 to 1.")
    followers: int
    created_at: datetime


class PublicNearbyList(BaseModel):
    """The nearest and most alike first, at most 20."""

    items: list[PublicNearbyView]


class NewFollowAlone(Input):
    """Who wants to be told of a request."""

    email: Email = Field(description="They get a mail there with a link to confirm it, and are told once they have.")


class FollowToConfirmView(BaseModel):
    """The mail is on its way; they follow from when its link is confirmed. Whether they do already is not told."""

    confirm_before: datetime


class NewFollowOnBehalf(Input):
    """Whom an agent has follow a request."""

    email: Email = Field(description="They are written to there: read it back to them.")
    language: Language = Field(default="fr", description="In which they are written to.")


@routes.get(
    "/v1/collectivities/{collectivity}/nearby-requests",
    **public(),
    operation_id="listPublicNearbyRequests",
    response_model=PublicNearbyList,
    responses=problems(404, 422),
)
async def nearby(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    longitude: Longitude,
    latitude: Latitude,
    radius: Radius = 150,
    q: Words = "",
) -> PublicNearbyList:
    """What is reported around a place and still open, for who reports without an account."""
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(collectivity)
    nobody = Actor(uuid7(), collectivity, is_agent=False)  # who has filed nothing, and follows nothing
    async with parts.runtime.database.reading() as session:
        found = await find_nearby(session, nobody, Position(longitude, latitude), radius, q, 20, catalogue=catalogue)
    response.headers.update(SHOWN | {"Content-Language": language})
    return PublicNearbyList(items=[PublicNearbyView(**nearby_fields(near, catalogue, language)) for near in found])


@routes.post(
    "/v1/collectivities/{collectivity}/public-requests/{reference}/followers",
    **public(headers=[OWN_KEY]),
    operation_id="followAnonymously",
    status_code=202,
    response_model=FollowToConfirmView,
    responses=problems(400, 404, 409, 413, 422, 429),
)
async def follow(
    collectivity: Collectivity,
    reference: Annotated[str, Path(max_length=40)],
    body: NewFollowAlone,
    request: Request,
) -> Response:
    """Follow what the public may know of, without an account, by an address that is confirmed; its mails end it."""
    parts, language = parts_of(request), language_of(request)
    wanted, key = normal_reference(reference) or "", checked_key(request)
    who, digest = sha256(collectivity.encode()).digest(), sha256(wanted.encode() + await request.body()).digest()

    async def effect(session: AsyncSession) -> Answer:
        before = await ask_to_follow(
            session, collectivity, wanted, body.email, language, following(parts), bounds=_bounds(parts), now=now()
        )
        return Answer.of(FollowToConfirmView(confirm_before=instant(before)), {"Cache-Control": "no-store"}, 202)

    try:
        return await parts.runtime.idempotency.once(IdempotentCall(who, "followAnonymously", key, digest), effect)
    except TooManyFilingsError as error:
        raise too_many() from error


@routes.post(
    "/v1/requests/{request_id}/followers",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="followOnBehalf",
    status_code=201,
    response_model=FollowView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def follow_for(request_id: UUID, body: NewFollowOnBehalf, request: Request) -> Response:
    """Have somebody without an account who calls or comes follow a request instead of reporting it again."""
    agent, parts = for_agents(actor_of(request)), parts_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())

    async def effect(session: AsyncSession) -> Answer:
        done = await follow_on_behalf(session, agent, request_id, body.email, body.language, following(parts), now())
        return Answer.of(FollowView(following=done.following, followers=done.followers))

    return await parts.runtime.idempotency.once(call, effect)


def following(parts: Parts) -> FollowingAlone:
    """The open parts that following without an account needs."""
    return FollowingAlone(parts.catalogues, parts.runtime.persons, parts.runtime.blind_index)


def _bounds(parts: Parts) -> Bounds:
    settings = parts.runtime.settings
    return Bounds(settings.anonymous_follows_per_hour, timedelta(days=settings.confirmation_days))
