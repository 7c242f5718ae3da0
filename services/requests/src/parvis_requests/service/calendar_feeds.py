# SPDX-License-Identifier: EUPL-1.2
"""Addresses at which a calendar program reads appointments: given once, given anew, and taken back."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.locale import Language
from parvis_requests.db import agendas as stored_agendas
from parvis_requests.db import calendar_feeds
from parvis_requests.db.tables import CalendarFeed
from parvis_requests.domain.appointment_errors import FeedAgendasError, TooManyFeedsError, UnknownAgendaError
from parvis_requests.domain.calendar_feed import MAX_AGENDAS, MAX_FEEDS, for_oneself, lifetime
from parvis_requests.domain.errors import NotAllowedError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.service.tracking_token import digest_of

_SECRET_BYTES: Final = 32


class GivenFeed(NamedTuple):
    """A feed and the secret of its address, which is told this once."""

    row: CalendarFeed
    secret: str


async def give_feed(
    session: AsyncSession, actor: Actor, agendas: Sequence[UUID], language: Language, now: datetime
) -> GivenFeed:
    """An address for an agent's agendas, or for a person's own appointments.

    Raises NotAllowedError (for whom somebody assists), FeedAgendasError, UnknownAgendaError or TooManyFeedsError.
    """
    owner, named = for_oneself(actor), list(dict.fromkeys(agendas))
    known = await stored_agendas.by_id(session, set(named)) if named else {}
    ours = [agenda for agenda in known.values() if agenda.collectivity == owner.collectivity]
    if not (1 <= len(named) <= MAX_AGENDAS if owner.is_agent else not named):
        raise FeedAgendasError
    if len(ours) < len(named):
        raise UnknownAgendaError
    if await calendar_feeds.count(session, owner, now) >= MAX_FEEDS:
        raise TooManyFeedsError
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = CalendarFeed(
        id=uuid7(),
        collectivity=owner.collectivity,
        owner=owner.person,
        by_agent=owner.is_agent,
        agendas=named,
        language=language,
        digest=digest_of(secret),
        ends_at=now + lifetime(owner),
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    return GivenFeed(row, secret)


async def give_anew(session: AsyncSession, actor: Actor, feed_id: UUID, *, version: int, now: datetime) -> GivenFeed:
    """Another address for the same, from now on and for as long again; the former one is none any more.

    Raises NotFoundError, StaleVersionError, or NotAllowedError for anybody but whose it is.
    """
    row = await calendar_feeds.one(session, for_oneself(actor), feed_id, now)
    if row.owner != actor.person:
        raise NotAllowedError
    if row.version != version:
        raise StaleVersionError
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row.digest, row.ends_at = digest_of(secret), now + lifetime(actor)
    row.version, row.updated_at = row.version + 1, now
    await session.flush()
    return GivenFeed(row, secret)


async def take_back(session: AsyncSession, actor: Actor, feed_id: UUID, *, version: int, now: datetime) -> None:
    """Show nothing there any more; raises NotFoundError or StaleVersionError."""
    row = await calendar_feeds.one(session, actor, feed_id, now)
    if row.version != version:
        raise StaleVersionError
    await session.delete(row)
    await session.flush()
