# SPDX-License-Identifier: EUPL-1.2
"""Contacts to qualify, and what was done with them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db import access
from parvis_requests.db.tables import Attachment, ContactAct, IncomingContact, Request
from parvis_requests.domain.contact import ContactState
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor

_MOST_FILES: Final = 50_000


def readable(agent: Actor) -> Select[tuple[IncomingContact]]:
    """What came in for the agent's collectivity, but what was put, or seems to belong, to a request kept from them."""
    return select(IncomingContact).where(IncomingContact.collectivity == agent.collectivity, _open_to(agent))


def about_open(agent: Actor, contact_id: Any) -> ColumnElement[bool]:
    """That this contact, if any, is for the agent."""
    said = select(_open_to(agent)).where(IncomingContact.id == contact_id).scalar_subquery()
    return func.coalesce(said, True)


def _open_to(agent: Actor) -> ColumnElement[bool]:
    named = (IncomingContact.suggested, IncomingContact.request_id)
    return and_(*(access.about_open(agent, request_id) for request_id in named))


async def one(session: AsyncSession, agent: Actor, contact_id: UUID, *, lock: bool = False) -> IncomingContact:
    """A contact that the agent may read; raises NotFoundError."""
    wanted = readable(agent).where(IncomingContact.id == contact_id)
    row = (await session.scalars(wanted.with_for_update() if lock else wanted)).one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def page(
    session: AsyncSession, agent: Actor, state: str | None, position: keyset.Position | None, limit: int
) -> keyset.Slice[IncomingContact]:
    """One page, the newest first."""
    wanted = readable(agent)
    wanted = wanted.where(IncomingContact.state == state) if state else wanted
    placed = keyset.at(wanted, IncomingContact.received_at, IncomingContact.id, position, limit)
    return keyset.cut((await session.scalars(placed)).all(), position, limit, key="received_at")


async def record(session: AsyncSession, row: IncomingContact, actor: UUID, action: str, at: datetime) -> None:
    """Write an act into its history."""
    session.add(
        ContactAct(
            contact_id=row.id,
            sequence=row.version,
            collectivity=row.collectivity,
            actor=actor,
            action=action,
            at=at,
        )
    )
    await session.flush()


async def acts(session: AsyncSession, contact_id: UUID) -> Sequence[ContactAct]:
    """What was done with it, the oldest first."""
    wanted = select(ContactAct).where(ContactAct.contact_id == contact_id).order_by(ContactAct.sequence).limit(100)
    return (await session.scalars(wanted)).all()


async def files(session: AsyncSession, contact_ids: Sequence[UUID]) -> dict[UUID, list[Attachment]]:
    """What they brought, in one look-up."""
    found: dict[UUID, list[Attachment]] = {}
    wanted = select(Attachment).where(Attachment.contact_id.in_(contact_ids)).order_by(Attachment.id)
    for attachment in await session.scalars(wanted):
        if attachment.contact_id is not None:
            found.setdefault(attachment.contact_id, []).append(attachment)
    return found


async def room_taken(session: AsyncSession, collectivity: str) -> tuple[int, bool]:
    """How many bytes the files have of what nobody has qualified yet, and whether there are too many to add up."""
    waiting = (
        select(Attachment.size)
        .join(IncomingContact, IncomingContact.id == Attachment.contact_id)
        .where(Attachment.contact_id.is_not(None))
        .where(IncomingContact.collectivity == collectivity, IncomingContact.state == ContactState.OPEN)
        .limit(_MOST_FILES)
        .subquery()
    )
    number, total = (await session.execute(select(func.count(), func.sum(waiting.c.size)))).one()
    return int(total or 0), number >= _MOST_FILES


async def references(session: AsyncSession, collectivity: str, ids: Collection[UUID]) -> dict[UUID, str]:
    """The references of these requests, in one look-up."""
    wanted = select(Request.id, Request.reference).where(Request.id.in_(ids), Request.collectivity == collectivity)
    return {row.id: row.reference for row in await session.execute(wanted)}


async def past(session: AsyncSession, settled: datetime, opened: datetime, limit: int) -> Sequence[IncomingContact]:
    """Those that came before ``settled`` and are settled, or before ``opened`` and are not; locked."""
    wanted = select(IncomingContact).where(
        IncomingContact.received_at < settled,
        or_(IncomingContact.state != ContactState.OPEN, IncomingContact.received_at < opened),
        IncomingContact.updated_at < settled,
    )
    wanted = wanted.order_by(IncomingContact.received_at, IncomingContact.id).limit(limit)
    return (await session.scalars(wanted.with_for_update(skip_locked=True))).all()


async def remove_files(session: AsyncSession, contact_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Delete the rows of what they brought; returns their ids, whose blobs may go."""
    gone = delete(Attachment).where(Attachment.contact_id.in_(contact_ids)).returning(Attachment.id)
    return (await session.scalars(gone.execution_options(synchronize_session=False))).all()


async def remove(session: AsyncSession, contact_ids: Sequence[UUID]) -> None:
    """Delete contacts with their history."""
    gone = delete(IncomingContact).where(IncomingContact.id.in_(contact_ids))
    await session.execute(gone.execution_options(synchronize_session=False))
