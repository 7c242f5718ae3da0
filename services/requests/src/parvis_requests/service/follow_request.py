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
from parvis_requests.db import follows, requests
from parvis_requests.db.nearby import Around, Near, nearby
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import FollowError, NotFoundError
from parvis_requests.domain.position import Position
from parvis_requests.domain.request import Actor, Request
from parvis_requests.service.catalogue import Catalogue, Catalogues
from parvis_requests.service.form import Form

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
    open_ = [
        (form.code, state.code)
        for form in catalogue.forms.values()
        if form.definition.public
        for state in form.workflow.states
        if not state.final
    ]
    return await nearby(session, Around(actor.collectivity, actor.person, place, radius, words, open_), limit)


async def follow_request(
    session: AsyncSession, actor: Actor, request_id: UUID, *, follow: bool, catalogues: Catalogues, now: datetime
) -> Following:
    """Follow it, or no longer; safe to repeat.

    Raises NotFoundError unless the public may know of the request, or FollowError for one's own and past the bounds.
    """
    row = await follows.find(session, actor, request_id)
    if row is None or not (await _form(session, row, catalogues)).definition.public:
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


async def list_followed(session: AsyncSession, actor: Actor, *, catalogues: Catalogues) -> Sequence[tuple[Row, Form]]:
    """What somebody follows, the latest first."""
    rows = await follows.followed(session, actor, MAX_FOLLOWED)
    forms = await catalogues.forms_of(session, {requests.form_key(row) for row in rows})
    return [(row, forms[requests.form_key(row)]) for row in rows]


async def tell_followers(session: AsyncSession, request: Request, form: Form, now: datetime) -> None:
    """Tell everybody who follows a public request that it has come into another state."""
    if not form.definition.public:
        return
    for follow in await follows.followers(session, request.id):
        await outbox.add(session, events.followed_moved(request, follow.id, follow.person, now))


async def _form(session: AsyncSession, row: Row, catalogues: Catalogues) -> Form:
    key = requests.form_key(row)
    return (await catalogues.forms_of(session, [key]))[key]
