# SPDX-License-Identifier: EUPL-1.2
"""Decisions on what the public is shown of a request, and what still waits for one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db import access
from parvis_requests.db.catalogue import FormKey
from parvis_requests.db.tables import Attachment, Publication
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor, Visibility


async def decisions(session: AsyncSession, request_id: UUID) -> Sequence[Publication]:
    """All decisions on a request, the first first."""
    wanted = select(Publication).where(Publication.request_id == request_id).order_by(Publication.number)
    return (await session.scalars(wanted)).all()


async def latest(session: AsyncSession, request_ids: Collection[UUID]) -> dict[UUID, Publication]:
    """The decision that holds for each of these requests, where there is one."""
    wanted = select(Publication).where(Publication.request_id.in_(request_ids), Publication.latest)
    return {decision.request_id: decision for decision in await session.scalars(wanted)}


async def decide(session: AsyncSession, decision: Publication) -> None:
    """Let it hold instead of the one before; the caller holds the request locked."""
    await session.execute(
        update(Publication)
        .where(Publication.request_id == decision.request_id, Publication.latest)
        .values(latest=False)
        .execution_options(synchronize_session=False)
    )
    session.add(decision)
    await session.flush()


def photos_statement(request_ids: Collection[UUID]) -> Select[tuple[Attachment]]:
    """Photos that the public could be shown: no document, nothing internal, nothing that an antivirus holds back."""
    return (
        select(Attachment)
        .where(
            Attachment.request_id.in_(request_ids),
            Attachment.document.is_(None),
            Attachment.visibility == Visibility.PUBLIC,
            Attachment.width > 0,
            Attachment.scan.not_in([Scan.WAITING, Scan.INFECTED]),
        )
        .order_by(Attachment.id)
    )


async def photos(session: AsyncSession, request_ids: Collection[UUID]) -> dict[UUID, list[Attachment]]:
    """Those photos of each of these requests, in one look-up."""
    found: dict[UUID, list[Attachment]] = {}
    for photo in await session.scalars(photos_statement(request_ids)):
        if photo.request_id is not None:
            found.setdefault(photo.request_id, []).append(photo)
    return found


def waiting_statement(
    actor: Actor, keys: Collection[FormKey], since: datetime, position: keyset.Position | None, limit: int
) -> Select[tuple[Row]]:
    """Requests of these versions filed since then on which nobody has decided, the oldest first."""
    decided = exists().where(Publication.request_id == Row.id)
    wanted = select(Row).where(
        Row.collectivity == actor.collectivity,
        access.open_to(actor),
        Row.created_at > since,
        tuple_(Row.type_id, Row.type_version).in_(keys),
        ~decided,
    )
    return keyset.at(wanted, Row.created_at, Row.id, position, limit, newest_first=False)


async def waiting(
    session: AsyncSession,
    actor: Actor,
    keys: Collection[FormKey],
    since: datetime,
    position: keyset.Position | None,
    limit: int,
) -> keyset.Slice[Row]:
    """One page of them."""
    rows = await session.scalars(waiting_statement(actor, keys, since, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def request_of(session: AsyncSession, collectivity: str, attachment_id: UUID) -> Row | None:
    """The request to which a file belongs."""
    wanted = (
        select(Row)
        .join(Attachment, Attachment.request_id == Row.id)
        .where(Attachment.id == attachment_id, Row.collectivity == collectivity)
    )
    return (await session.execute(wanted)).scalar_one_or_none()
