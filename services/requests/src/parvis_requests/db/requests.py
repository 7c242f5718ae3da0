# SPDX-License-Identifier: EUPL-1.2
"""The requests, their history and their messages, as SQLAlchemy reads and writes them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db import access
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.tables import Attachment, HistoryEntry, Message
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.legal import Clock
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import NOBODY, Actor, Request, Visibility


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of requests is restricted to; empty means no restriction."""

    statuses: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None


def readable(actor: Actor) -> Select[tuple[Row]]:
    """The requests that the actor may read; every look-up starts here."""
    mine = select(Row).where(Row.collectivity == actor.collectivity)
    if actor.is_agent:
        return mine.where(access.open_to(actor))
    return mine if actor.is_service else mine.where(Row.author == actor.person)


async def one(session: AsyncSession, actor: Actor, request_id: UUID, *, lock: bool = False) -> Row:
    """A request that the actor may read; raises NotFoundError."""
    wanted = readable(actor).where(Row.id == request_id)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def several(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> Sequence[Row]:
    """Those of them that the actor may read, in no order."""
    return (await session.scalars(readable(actor).where(Row.id.in_(ids)))).all()


async def of_author(session: AsyncSession, author: UUID) -> Sequence[Row]:
    """All that somebody filed, in whatever collectivity, locked in the order of their ids."""
    theirs = select(Row).where(Row.author == author).order_by(Row.id).with_for_update()
    return (await session.scalars(theirs)).all()


async def page(
    session: AsyncSession, actor: Actor, filters: Filters, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of the requests that the actor may read, newest first."""
    wanted = readable(actor)
    if filters.statuses:
        wanted = wanted.where(Row.status.in_(filters.statuses))
    if filters.teams:
        wanted = wanted.where(Row.team.in_(filters.teams))
    if filters.types:
        wanted = wanted.where(Row.type_code.in_(filters.types))
    if filters.created_after:
        wanted = wanted.where(Row.created_at > filters.created_after)
    if filters.created_before:
        wanted = wanted.where(Row.created_at < filters.created_before)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


def entity(row: Row) -> Request:
    """The domain's view of a row."""
    return Request(
        id=row.id,
        collectivity=row.collectivity,
        reference=row.reference,
        type_code=row.type_code,
        author=row.author,
        status=row.status,
        team=row.team,
        area=row.area,
        assignee=row.assignee,
        version=row.version,
        created_at=row.created_at,
        due_at=row.due_at,
        clock=_clock(row),
        legal_end_at=row.legal_end_at,
        priority=Priority.ranked(row.priority),
        unread=row.unread,
        received_on=row.received_on,
    )


def _clock(row: Row) -> Clock | None:
    if row.clock_started_on is None:
        return None
    return Clock(row.clock_started_on, row.clock_extra_days, row.clock_extended_months, row.clock_paused_on)


def _clock_columns(clock: Clock | None) -> dict[str, Any]:
    if clock is None:
        return {}
    return {
        "clock_started_on": clock.started_on,
        "clock_paused_on": clock.paused_on,
        "clock_extra_days": clock.extra_days,
        "clock_extended_months": clock.extended_months,
    }


def form_key(row: Any) -> FormKey:
    """Which version of which type the request was filed with."""
    return FormKey(row.type_id, row.type_version)


async def save(session: AsyncSession, request: Request, at: datetime) -> None:
    """Write what an act changed; raises StaleVersionError when another act came first."""
    result = await session.execute(
        update(Row)
        .where(Row.id == request.id, Row.version == request.version - 1)
        .values(
            status=request.status,
            team=request.team,
            assignee=request.assignee,
            due_at=request.due_at,
            legal_end_at=request.legal_end_at,
            priority=request.priority.rank,
            unread=request.unread,
            received_on=request.received_on,
            **_clock_columns(request.clock),
            version=request.version,
            updated_at=at,
        )
        .execution_options(synchronize_session=False)
        .returning(Row.id)
    )
    if result.first() is None:
        raise StaleVersionError


async def mark_read(session: AsyncSession, request_id: UUID) -> None:
    """Know that an agent has opened it; that is no act, changes no version, and waits for nobody who acts on it."""
    unread = select(Row.id).where(Row.id == request_id, Row.unread).with_for_update(skip_locked=True)
    read = update(Row).where(Row.id == unread.scalar_subquery()).values(unread=False)
    await session.execute(read.execution_options(synchronize_session=False))


def record(
    session: AsyncSession,
    request: Request,
    actor: Actor,
    action: str,
    at: datetime,
    visibility: Visibility = Visibility.PUBLIC,
    *,
    before: Request | None = None,
    remedies_told: bool | None = None,
    received_on: date | None = None,
) -> None:
    """Add one act to the history; its sequence is the version that the act made.

    With ``before`` it says also to which team and to whom the act gave the request, and how pressing it made it;
    ``remedies_told`` is of a refusal, ``received_on`` of what says on which day the request was received.
    """
    session.add(
        HistoryEntry(
            request_id=request.id,
            sequence=request.version,
            collectivity=request.collectivity,
            action=action,
            by_agent=actor.is_agent,
            actor=actor.person,
            status=request.status,
            visibility=str(visibility),
            at=at,
            acted_by=actor.by.person if actor.by else None,
            acted_by_agent=actor.by.is_agent if actor.by else None,
            team=request.team if before and before.team != request.team else None,
            assignee=request.assignee if before and before.assignee != request.assignee else None,
            priority=request.priority.rank if before and before.priority != request.priority else None,
            remedies_told=remedies_told,
            received_on=received_on,
        )
    )


async def decided_by_silence_at(session: AsyncSession, request_id: UUID, action: str) -> datetime | None:
    """When silence decided a request by that act; None where a person did the same act, or nobody."""
    wanted = select(func.max(HistoryEntry.at)).where(
        HistoryEntry.request_id == request_id, HistoryEntry.action == action, HistoryEntry.actor == NOBODY
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def public_status_after(session: AsyncSession, request_id: UUID, sequence: int) -> str | None:
    """The state in which a public act left a request; None where there is no such act."""
    wanted = select(HistoryEntry.status).where(
        HistoryEntry.request_id == request_id,
        HistoryEntry.sequence == sequence,
        HistoryEntry.visibility == Visibility.PUBLIC,
    )
    return (await session.execute(wanted)).scalar_one_or_none()


async def status_after(session: AsyncSession, request_id: UUID, sequence: int) -> str | None:
    """The same of any act."""
    wanted = select(HistoryEntry.status).where(HistoryEntry.request_id == request_id, HistoryEntry.sequence == sequence)
    return (await session.execute(wanted)).scalar_one_or_none()


def add_message(session: AsyncSession, **values: Any) -> None:
    """Add a reply or a note."""
    session.add(Message(**values))


async def messages(
    session: AsyncSession, request_id: UUID, *, internal: bool, position: keyset.Position | None, limit: int
) -> keyset.Slice[Message]:
    """One page of the replies, newest first; with the internal notes where ``internal``."""
    wanted = select(Message).where(Message.request_id == request_id)
    if not internal:
        wanted = wanted.where(Message.visibility == Visibility.PUBLIC)
    rows = await session.scalars(keyset.at(wanted, Message.created_at, Message.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def public_message(session: AsyncSession, request_id: UUID, message_id: UUID) -> tuple[Message, UUID] | None:
    """A public reply and the author of its request."""
    row = (
        await session.execute(
            select(Message, Row.author)
            .join(Row, Row.id == Message.request_id)
            .where(Message.id == message_id, Message.request_id == request_id, Message.visibility == Visibility.PUBLIC)
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


async def document_codes(session: AsyncSession, request_id: UUID) -> frozenset[str]:
    """The codes of the documents that were joined to a request."""
    wanted = select(Attachment.document).where(Attachment.request_id == request_id, Attachment.document.is_not(None))
    return frozenset(code for code in await session.scalars(wanted) if code)


async def attachments(
    session: AsyncSession, request_ids: Sequence[UUID], *, internal: bool
) -> dict[UUID, list[Attachment]]:
    """The attachments of these requests, in one look-up; those of notes, too, where ``internal``."""
    found: dict[UUID, list[Attachment]] = {}
    wanted = select(Attachment).where(Attachment.request_id.in_(request_ids)).order_by(Attachment.id)
    if not internal:
        wanted = wanted.where(Attachment.visibility == Visibility.PUBLIC)
    for attachment in await session.scalars(wanted):
        if attachment.request_id is not None:
            found.setdefault(attachment.request_id, []).append(attachment)
    return found
