# SPDX-License-Identifier: EUPL-1.2
"""The rows of photos of proposals."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from parvis_participation.db.moderation_tables import ModerationCase
from parvis_participation.db.only import only
from parvis_participation.db.photo_tables import ProposalPhoto as Row
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.moderation import CaseState
from parvis_participation.domain.photo import PhotoState

_STANDING: Final = (PhotoState.UNDESCRIBED, PhotoState.PUBLISHED)
# What is withdrawn or removed goes once no case about it can be looked at again.
_PURGE: Final = text(f"""
DELETE FROM proposal_photo WHERE state <> 'published' AND id IN (
    SELECT p.id FROM proposal_photo p WHERE p.state <> 'published' AND p.changed_at < :unseen AND NOT EXISTS (
        SELECT FROM moderation_case c WHERE c.photo_id = p.id
            AND (c.state IN ('{CaseState.OPEN}', '{CaseState.APPEALED}') OR c.decided_at > :contested)
    ) ORDER BY p.changed_at LIMIT 1000
)
""")


async def one(session: AsyncSession, collectivity: str, photo_id: UUID, *, lock: bool = False) -> Row:
    """A photo of that collectivity; raises NotFoundError."""
    wanted = select(Row).where(Row.id == photo_id, Row.collectivity == collectivity)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def of_proposal(session: AsyncSession, proposal_id: UUID, photo_id: UUID) -> Row:
    """A photo of that proposal, locked; raises NotFoundError."""
    return await only(session, select(Row).where(Row.id == photo_id, Row.proposal_id == proposal_id).with_for_update())


async def content(session: AsyncSession, row: Row, *, small: bool) -> tuple[bytes | None, UUID, UUID]:
    """The sealed photo or its thumbnail, for which account it is sealed, and whose it is: all of one moment.

    Raises NotFoundError.
    """
    whose = func.coalesce(Row.sealed_for, Row.person)
    wanted = select(Row.thumbnail if small else Row.content, whose, Row.person).where(Row.id == row.id)
    found = (await session.execute(wanted)).one_or_none()
    if found is None:
        raise NotFoundError
    sealed, sealed_for, person = found
    return sealed, sealed_for, person


async def shown(session: AsyncSession, *proposals: UUID) -> dict[UUID, list[Row]]:
    """The photos of each of these proposals that everybody sees, the first first."""
    found: dict[UUID, list[Row]] = {proposal: [] for proposal in proposals}
    if proposals:
        wanted = select(Row).where(Row.proposal_id.in_(proposals), Row.state == PhotoState.PUBLISHED)
        for row in await session.scalars(wanted.order_by(Row.proposal_id, Row.created_at, Row.id)):
            found[row.proposal_id].append(row)
    return found


async def standing(session: AsyncSession, proposal_id: UUID) -> int:
    """How many photos a proposal has."""
    wanted = select(func.count()).where(Row.proposal_id == proposal_id, Row.state.in_(_STANDING))
    return await session.scalar(wanted) or 0


async def sent_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many photos somebody has sent since then."""
    return await session.scalar(select(func.count()).where(Row.person == person, Row.created_at > since)) or 0


async def bytes_in_turn(session: AsyncSession, collectivity: str) -> int:
    """How many bytes all photos of a collectivity have; until this transaction ends, nobody else adds to them.

    Without those that moderators alone still see: what they took away closes photos to nobody.
    """
    turn = f"proposal-photos/{collectivity}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(turn, 0))))
    wanted = select(func.sum(Row.size)).where(Row.collectivity == collectivity, Row.state.in_(_STANDING))
    return int(await session.scalar(wanted) or 0)


async def bytes_of(session: AsyncSession, person: UUID) -> int:
    """How many bytes the photos of somebody have, with those that moderators alone still see."""
    return int(await session.scalar(select(func.sum(Row.size)).where(Row.person == person)) or 0)


async def locked(session: AsyncSession, proposal_id: UUID) -> Sequence[Row]:
    """All photos of a proposal, locked in the order of their ids."""
    wanted = select(Row).where(Row.proposal_id == proposal_id).order_by(Row.id).with_for_update()
    return (await session.scalars(wanted)).all()


async def reported(session: AsyncSession, photo_id: UUID) -> bool:
    """Whether there is a case about it."""
    return bool(await session.scalar(select(exists().where(ModerationCase.photo_id == photo_id))))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let the photos of an account that is no more be the kept one's; sealed as they are."""
    moved = update(Row).where(Row.person == absorbed)
    moved = moved.values(person=kept, sealed_for=func.coalesce(Row.sealed_for, absorbed))
    await session.execute(moved.execution_options(synchronize_session=False))


async def to_seal(session: AsyncSession, without: Collection[UUID]) -> Row | None:
    """A photo that is sealed for an account that is no more, with its contents, none of those; locked, or None."""
    wanted = select(Row).where(Row.sealed_for.is_not(None), Row.id.not_in(without)).order_by(Row.id).limit(1)
    wanted = wanted.options(undefer(Row.content), undefer(Row.thumbnail)).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def people(session: AsyncSession, after: UUID, limit: int) -> Sequence[UUID]:
    """Who sent photos that are kept, in the order of their ids."""
    wanted = select(Row.person).where(Row.person > after).distinct().order_by(Row.person).limit(limit)
    return (await session.scalars(wanted)).all()


async def discard_of(session: AsyncSession, person: UUID) -> None:
    """Delete all that somebody sent."""
    await session.execute(delete(Row).where(Row.person == person).execution_options(synchronize_session=False))


async def discard(session: AsyncSession, photo_id: UUID) -> None:
    """Delete a photo."""
    await session.execute(delete(Row).where(Row.id == photo_id).execution_options(synchronize_session=False))


async def purge(session: AsyncSession, unseen: datetime, contested: datetime) -> None:
    """Delete photos that nobody has seen since ``unseen`` and whose cases, if any, were decided before ``contested``.

    A thousand at once at most.
    """
    await session.execute(_PURGE, {"unseen": unseen, "contested": contested})
