# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account follows what others have reported: by an address that they confirm, or tell an agent.

Each follows as a person of their own, known by nothing but that address, which goes with its key when they follow no
more and when the request is destroyed. One address follows a request once.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.locale import Language
from parvis_requests.db import confirmations, follows, reporters, requests, retention
from parvis_requests.db.tables import Reporter
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import FollowError, NotFoundError, TooManyFilingsError
from parvis_requests.domain.request import Actor
from parvis_requests.service.ask_confirmation import ask_confirmation
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.file_anonymously import HOUR, Bounds
from parvis_requests.service.follow_link import follow_at
from parvis_requests.service.follow_request import MAX_FOLLOWERS, Following, is_shown
from parvis_requests.service.form import Form
from parvis_requests.service.keep_reporter import keep_reporter, open_address
from parvis_requests.service.read_public import read_one


@dataclass(frozen=True, slots=True)
class FollowingAlone:
    """The open parts that it needs."""

    catalogues: Catalogues
    persons: PersonKeys
    index: BlindIndex


@dataclass(frozen=True, slots=True)
class Followed:
    """A request that somebody follows by a link, and where it stands."""

    collectivity: str
    reference: str
    form: Form
    status: str


async def ask_to_follow(
    session: AsyncSession,
    collectivity: str,
    reference: str,
    email: str,
    language: Language,
    parts: FollowingAlone,
    *,
    bounds: Bounds,
    now: datetime,
) -> datetime:
    """Have the address confirmed, in the caller's transaction; returns until when. Nobody learns who follows already.

    Raises NotFoundError unless the public may know of the request, FollowError where as many follow it as may, or
    TooManyFilingsError where about as many have asked for it in this collectivity within the hour as the bounds allow.
    """
    shown = await read_one(session, await parts.catalogues.of(collectivity), collectivity, reference)
    if await follows.count(session, shown.row.id) >= MAX_FOLLOWERS:
        raise FollowError
    if await confirmations.count_following(session, collectivity, now - HOUR, bounds.most) >= bounds.most:
        raise TooManyFilingsError
    contact = {"email": email, "language": language}
    reporter = await keep_reporter(session, uuid7(), collectivity, contact, persons=parts.persons, now=now)
    await ask_confirmation(
        session,
        reporter,
        email,
        None,
        kept=bounds.kept,
        persons=parts.persons,
        index=parts.index,
        now=now,
        follows=shown.row.id,
    )
    return now + bounds.kept


async def begin_to_follow(
    session: AsyncSession, reporter: Reporter, request_id: UUID, parts: FollowingAlone, now: datetime
) -> None:
    """From now on, whoever has confirmed follows, in the caller's transaction, which has locked the request.

    Raises NotFoundError where the public may no longer know of it, or as many follow it as may.
    """
    address = await open_address(reporter, persons=parts.persons)
    row = await _shown(session, reporter.collectivity, request_id, parts)
    if address is None or address.email is None:
        raise NotFoundError
    try:
        if not await _follows(session, row, address.email, parts):
            await follows.follow_alone(session, row, reporter.person, _index(parts, address.email), now)
    except FollowError as error:
        raise NotFoundError from error


async def follow_on_behalf(
    session: AsyncSession,
    agent: Actor,
    request_id: UUID,
    email: str,
    language: Language,
    parts: FollowingAlone,
    now: datetime,
) -> Following:
    """Have somebody who has told an agent their address follow, in the caller's transaction; safe to repeat.

    Raises NotFoundError unless the public may know of the request, or FollowError where as many follow it as may.
    """
    row = await _shown(session, agent.collectivity, request_id, parts)
    if not await _follows(session, row, email, parts):
        person, contact = uuid7(), {"email": email, "language": language}
        await keep_reporter(
            session, person, agent.collectivity, contact, persons=parts.persons, now=now, confirmed=True
        )
        await follows.follow_alone(session, row, person, _index(parts, email), now)
    return Following(following=True, followers=await follows.count(session, row.id))


async def read_followed(session: AsyncSession, token: str, parts: FollowingAlone) -> Followed:
    """What is followed by a link; raises NotFoundError."""
    follow = await follow_at(session, token, parts.index)
    row = await _shown(session, follow.collectivity, follow.request_id, parts, lock=False)
    key = requests.form_key(row)
    return Followed(row.collectivity, row.reference, (await parts.catalogues.forms_of(session, [key]))[key], row.status)


async def stop_following(session: AsyncSession, token: str, parts: FollowingAlone) -> str:
    """Follow no more, and forget who did, in the caller's transaction; returns the collectivity. Raises NotFoundError.

    What agents have hidden meanwhile is left, too.
    """
    follow = await follow_at(session, token, parts.index)
    # The request is locked before those who follow it, as whoever acts on it does.
    await follows.find(session, Actor.service(follow.collectivity), follow.request_id)
    gone = await follows.remove_alone(session, follow.request_id, follow.id)
    await retention.destroy(session, follow.collectivity, retention.KEY, gone)
    return follow.collectivity


async def _shown(
    session: AsyncSession, collectivity: str, request_id: UUID, parts: FollowingAlone, *, lock: bool = True
) -> Row:
    service = Actor.service(collectivity)
    row = await follows.find(session, service, request_id) if lock else await requests.one(session, service, request_id)
    if row is None or not await is_shown(session, row, await parts.catalogues.of(collectivity)):
        raise NotFoundError
    return row


async def _follows(session: AsyncSession, row: Row, email: str, parts: FollowingAlone) -> bool:
    """Whether an address is told of a request as it is, be it its author's; raises FollowError where nobody more is."""
    author = await reporters.of(session, row.collectivity, row.author)
    known = await open_address(author, persons=parts.persons) if author else None
    if known and known.email and known.email.casefold() == email.casefold():
        return True
    if await follows.by_address(session, row.id, _index(parts, email)):
        return True
    if await follows.count(session, row.id) >= MAX_FOLLOWERS:
        raise FollowError
    return False


def _index(parts: FollowingAlone, email: str) -> bytes:
    return parts.index.of("follow.address", email.casefold())
