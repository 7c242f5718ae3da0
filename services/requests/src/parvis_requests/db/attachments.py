# SPDX-License-Identifier: EUPL-1.2
"""The attachments' rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import access, incoming_contacts
from parvis_requests.db.tables import Attachment, Confirmation, Reporter
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.files import File, Scan
from parvis_requests.domain.request import Actor, Visibility


async def one(session: AsyncSession, actor: Actor, attachment_id: UUID) -> Attachment:
    """An attachment that the actor may see: what they uploaded, what agents sent them, for an agent what came in."""
    wanted = select(Attachment).where(Attachment.id == attachment_id, Attachment.collectivity == actor.collectivity)
    if actor.is_agent:
        came_in = Attachment.request_id.is_not(None) | Attachment.contact_id.is_not(None)
        wanted = wanted.where(_uploaded_by(actor) | came_in, access.about_open(actor, Attachment.request_id))
        wanted = wanted.where(incoming_contacts.about_open(actor, Attachment.contact_id))
    else:
        told = Attachment.request_id.is_not(None) & (Attachment.visibility == Visibility.PUBLIC)
        wanted = wanted.where(Attachment.owner == actor.person, _uploaded_by(actor) | told)
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


def file(row: Attachment) -> File:
    """The domain's view of a row."""
    return File(row.id, row.media_type, row.size, Scan(row.scan), row.document)


async def remove_loose(session: AsyncSession, before: datetime, limit: int) -> Sequence[UUID]:
    """Delete uploads that joined no request in time, nor wait: with a draft, a contact, or for a confirmation.

    Returns their ids, whose blobs may go.
    """
    waits = exists().where(Confirmation.person == Attachment.owner, Confirmation.content.is_not(None))
    loose = (
        select(Attachment.id)
        .where(Attachment.request_id.is_(None), Attachment.draft_id.is_(None), Attachment.contact_id.is_(None))
        .where(Attachment.created_at < before, ~waits)
        .order_by(Attachment.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(delete(Attachment).where(Attachment.id.in_(loose)).returning(Attachment.id))).all()


async def remove(session: AsyncSession, owner: UUID, ids: Sequence[UUID]) -> None:
    """Delete these uploads of somebody whose request was refused; their blobs may go then."""
    loose = delete(Attachment).where(Attachment.id.in_(ids), Attachment.owner == owner, Attachment.request_id.is_(None))
    await session.execute(loose)


async def count_alone(session: AsyncSession, collectivity: str, since: datetime, most: int) -> int:
    """How many uploads of people without an account since then have joined nothing, counted up to ``most``."""
    some = (
        select(Attachment.id)
        .join(Reporter, Reporter.person == Attachment.owner)
        .where(Attachment.request_id.is_(None), Attachment.created_at > since, Attachment.collectivity == collectivity)
        .limit(most)
    )
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()


async def count_loose(session: AsyncSession, owner: UUID, since: datetime) -> int:
    """How many uploads of somebody since then have joined nothing."""
    mine = (Attachment.owner == owner, Attachment.request_id.is_(None), Attachment.created_at > since)
    return await session.scalar(select(func.count()).select_from(Attachment).where(*mine)) or 0


async def known(session: AsyncSession, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these ids that are attachments, whosever they are."""
    return frozenset(await session.scalars(select(Attachment.id).where(Attachment.id.in_(ids))))


async def loose(session: AsyncSession, actor: Actor, owner: UUID, ids: Sequence[UUID]) -> Sequence[Attachment]:
    """Those of these that the actor uploaded for that owner and that joined nothing yet, locked."""
    wanted = select(Attachment).where(
        Attachment.id.in_(ids),
        Attachment.collectivity == actor.collectivity,
        Attachment.owner == owner,
        Attachment.request_id.is_(None),
        _uploaded_by(actor),
    )
    return (await session.scalars(wanted.order_by(Attachment.id).with_for_update())).all()


async def of_messages(session: AsyncSession, request_id: UUID, ids: Sequence[UUID]) -> dict[UUID, list[Attachment]]:
    """The files of these messages of a request, in one look-up."""
    found: dict[UUID, list[Attachment]] = {}
    wanted = select(Attachment).where(Attachment.request_id == request_id, Attachment.message_id.in_(ids))
    for attachment in await session.scalars(wanted.order_by(Attachment.id)):
        if attachment.message_id is not None:
            found.setdefault(attachment.message_id, []).append(attachment)
    return found


def _uploaded_by(actor: Actor) -> ColumnElement[bool]:
    return func.coalesce(Attachment.uploaded_by, Attachment.owner) == actor.person


async def owned(session: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> list[Attachment]:
    """Those of these attachments that the actor uploaded, in the order asked for."""
    wanted = select(Attachment).where(
        Attachment.id.in_(ids),
        Attachment.owner == actor.person,
        Attachment.collectivity == actor.collectivity,
        _uploaded_by(actor),
    )
    found = {attachment.id: attachment for attachment in await session.scalars(wanted)}
    return [found[id_] for id_ in ids if id_ in found]


async def photos_wait(session: AsyncSession, request_id: UUID, message_id: UUID | None = None) -> bool:
    """Whether the antivirus has still to see a photo that was filed with a request, or came with that message."""
    filed = (Attachment.request_id == request_id, Attachment.message_id == message_id, Attachment.width > 0)
    wanted = select(exists().where(*filed, Attachment.scan == Scan.WAITING))
    return bool(await session.scalar(wanted))


async def sound(session: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these that the actor uploaded, that have joined nothing, and that no antivirus holds back for good."""
    found = await owned(session, actor, ids) if ids else []
    return frozenset(each.id for each in found if each.request_id is None and each.scan != Scan.INFECTED)
