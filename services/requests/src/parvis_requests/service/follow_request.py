# SPDX-License-Identifier: EUPL-1.2
"""Follow what somebody else has reported instead of reporting it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_requests import events
from parvis_requests.db import catalogue as stored
from parvis_requests.db import follows, publications, requests
from parvis_requests.db.nearby import Around, Near, nearby
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import FollowError, NotFoundError
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Actor, Request
from parvis_requests.service.catalogue import Catalogue, Catalogues, ShownForm
from parvis_requests.service.form import Form
from parvis_requests.service.public_side import rules_of

# Each is told of each step in the transaction of the agent's act: there is an end to them.
MAX_FOLLOWERS: Final = 500
MAX_FOLLOWED: Final = 100


@dataclass(frozen=True, slots=True)
class Following:
    """Whether somebody follows a request, and how many do."""

    following: bool
    followers: int


async def find_nearby(
    session: AsyncSession, actor: Actor, place: Position, radius: int, words: str, limit: int, *, catalogue: Catalogue
) -> list[Near]:
    """What is reported around a place, is open, and may be seen by the public; the nearest and most alike first."""
    rules = rules_of(catalogue, ended=False)
    return await nearby(session, Around(actor.collectivity, actor.person, place, radius, words, rules), limit)


async def follow_request(
    session: AsyncSession, actor: Actor, request_id: UUID, *, follow: bool, catalogues: Catalogues, now: datetime
) -> Following:
    """Follow it, or no longer; safe to repeat.

    Raises NotFoundError unless the public may know of the request, or FollowError for one's own and past the bounds.
    """
    row = await follows.find(session, actor, request_id)
    if row is None:
        raise NotFoundError
    # What is shown no more is left as long as one follows it.
    if not await is_shown(session, row, await catalogues.of(actor.collectivity)) and (
        follow or not await follows.does(session, row, actor)
    ):
        raise NotFoundError
    if follow:
        if row.author == actor.person or await follows.count_of(session, actor) >= MAX_FOLLOWED:
            raise FollowError
        await follows.follow(session, row, actor, now)
    else:
        await follows.unfollow(session, row, actor)
    number = await follows.count(session, row.id)
    if follow and number > MAX_FOLLOWERS:
        raise FollowError
    return Following(follow, number)


async def list_followed(
    session: AsyncSession, actor: Actor, *, catalogue: Catalogue
) -> Sequence[tuple[Row, ShownForm]]:
    """What somebody follows, the latest first, without what the public may no longer know of."""
    rows = await follows.followed(session, actor, MAX_FOLLOWED)
    decisions = await publications.latest(session, [row.id for row in rows])
    hidden = {id_ for id_, decision in decisions.items() if decision.hidden}
    return [
        (row, catalogue.shown[key])
        for row in rows
        if row.id not in hidden
        if (key := requests.form_key(row)) in catalogue.shown
    ]


async def tell_followers(session: AsyncSession, request: Request, form: Form, action: str, now: datetime) -> None:
    """Tell everybody who follows a public request by which act it came into another state, or joined another one.

    Of one that is hidden, or whose type is public no more, they are told nothing, as long as it is so.
    """
    if not form.definition.public:
        return
    told = await follows.followers(session, request.id)
    if not told or await _is_hidden(session, request.id):
        return
    if not await stored.is_public(session, form.key.type_id):
        return
    for follow in told:
        await outbox.add(session, events.followed_moved(request, action, follow.id, follow.person, now))


async def is_shown(session: AsyncSession, row: Row, catalogue: Catalogue) -> bool:
    """Whether the public may know of a request."""
    return requests.form_key(row) in catalogue.shown and not await _is_hidden(session, row.id)


async def _is_hidden(session: AsyncSession, request_id: UUID) -> bool:
    decision = (await publications.latest(session, [request_id])).get(request_id)
    return decision is not None and decision.hidden
