# SPDX-License-Identifier: EUPL-1.2
"""The conversations' rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.conversation_tables import Conversation as Row
from parvis_participation.db.conversation_tables import ConversationFile as File
from parvis_participation.db.only import only
from parvis_participation.domain.conversation import Conversation
from parvis_participation.domain.eligibility import Eligibility


async def one(session: AsyncSession, collectivity: str, conversation_id: UUID, *, published: bool = False) -> Row:
    """A conversation of that collectivity, a published one where ``published``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == conversation_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    return await only(session, wanted)


async def locked(session: AsyncSession, collectivity: str, conversation_id: UUID) -> Row:
    """The same, which nobody else acts on or takes part in before this transaction ends."""
    wanted = select(Row).where(Row.id == conversation_id, Row.collectivity == collectivity).with_for_update()
    return await only(session, wanted)


async def figured(session: AsyncSession, collectivity: str, conversation_id: UUID) -> Row:
    """The same, which no agent and no other worker acts on meanwhile; people go on taking part."""
    wanted = select(Row).where(Row.id == conversation_id, Row.collectivity == collectivity)
    return await only(session, wanted.with_for_update(key_share=True))


async def held(session: AsyncSession, collectivity: str, conversation_id: UUID) -> Row:
    """The same, which no agent acts on before this transaction ends; people do not wait for one another."""
    wanted = select(Row).where(Row.id == conversation_id, Row.collectivity == collectivity)
    wanted = wanted.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    return await only(session, wanted)


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int, *, drafts: bool = False
) -> keyset.Slice[Row]:
    """One page of the conversations of a collectivity, newest first: the published ones, or with the drafts all."""
    wanted = select(Row).where(Row.collectivity == collectivity)
    if not drafts:
        wanted = wanted.where(Row.published_at.is_not(None))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


def entity(row: Row) -> Conversation:
    """The domain's view of a row; raises BadPeriodError or AreaNeedsResidenceError."""
    return Conversation(
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        published_at=row.published_at,
        verified=row.verified,
        eligibility=Eligibility(residence=row.residence, areas=frozenset(row.areas)),
        version=row.version,
    )


def keep(row: Row, after: Conversation) -> None:
    """Write what an act changed into a locked row."""
    row.published_at, row.closes_at, row.version = after.published_at, after.closes_at, after.version


async def closing(session: AsyncSession, now: datetime) -> Row | None:
    """A published conversation that is over and was not told so, locked; None if none."""
    wanted = select(Row).where(Row.closing_told_at.is_(None), Row.closes_at <= now, Row.published_at.is_not(None))
    wanted = wanted.order_by(Row.closes_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def to_figure(session: AsyncSession, now: datetime, before: datetime) -> Row | None:
    """A conversation that the worker has not looked at since then, or since its close was told, locked; None if none.

    What has its last figures is done.
    """
    wanted = select(Row).where(
        Row.final_at.is_(None),
        Row.published_at.is_not(None),
        Row.opens_at <= now,
        or_(Row.looked_at.is_(None), Row.looked_at < before, Row.looked_at < Row.closing_told_at),
    )
    wanted = wanted.order_by(Row.closes_at).limit(1)
    # People take part meanwhile: they hold the row by its key alone.
    return (await session.execute(wanted.with_for_update(key_share=True, skip_locked=True))).scalar_one_or_none()


async def over_before(session: AsyncSession, before: datetime, without: Sequence[UUID]) -> Row | None:
    """A conversation that closed before then, has its last figures and still knows who took part; locked."""
    wanted = select(Row).where(
        Row.forgotten_at.is_(None), Row.closes_at < before, Row.final_at.is_not(None), Row.id.not_in(without)
    )
    wanted = wanted.order_by(Row.closes_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def file(session: AsyncSession, conversation_id: UUID, name: str) -> bytes:
    """A file of a closed conversation, compressed; raises NotFoundError."""
    return await only(session, select(File.content).where(File.conversation_id == conversation_id, File.name == name))
