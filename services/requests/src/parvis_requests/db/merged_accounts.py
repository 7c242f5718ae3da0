# SPDX-License-Identifier: EUPL-1.2
"""Accounts that are no more, and the rows of theirs that move to the account that took their place.

Merges are told in no order between accounts: a chain may come end first.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_requests.db.tables import (
    Appeal,
    Appointment,
    AppointmentWait,
    Attachment,
    Follow,
    MergedAccount,
    Message,
    Request,
    RequestDraft,
    Satisfaction,
    SurveyRefusal,
)


async def remember(session: AsyncSession, absorbed: UUID, kept: UUID, collectivity: str) -> UUID:
    """Keep it, one merge at a time; returns the account that is left at the end of the chain."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("merged-accounts", 0))))
    further = await session.scalar(select(MergedAccount.into_person).where(MergedAccount.person == kept))
    last = further or kept
    row = {"person": absorbed, "into_person": last, "collectivity": collectivity}
    await session.execute(insert(MergedAccount).values(row).on_conflict_do_nothing())
    await session.execute(update(MergedAccount).where(MergedAccount.into_person == absorbed).values(into_person=last))
    return last


async def last_of(session: AsyncSession, person: UUID) -> UUID:
    """The account that is theirs by now."""
    wanted = select(MergedAccount.into_person).where(MergedAccount.person == person)
    return await session.scalar(wanted) or person


async def requests_of(session: AsyncSession, author: UUID) -> Sequence[Request]:
    """All that somebody filed, locked."""
    wanted = select(Request).where(Request.author == author).order_by(Request.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def messages_in(session: AsyncSession, request_id: UUID) -> Sequence[Message]:
    """What was said about a request, notes included: all of it is sealed with its author's key."""
    return (await session.scalars(select(Message).where(Message.request_id == request_id))).all()


async def appeals_of(session: AsyncSession, request_id: UUID) -> Sequence[Appeal]:
    """What the author contested: sealed with their key, and so is why it ended as it did."""
    return (await session.scalars(select(Appeal).where(Appeal.request_id == request_id))).all()


async def rating_of(session: AsyncSession, request_id: UUID) -> Satisfaction | None:
    """What the author said of how they were served."""
    return await session.get(Satisfaction, request_id)


async def drafts_of(session: AsyncSession, author: UUID) -> Sequence[RequestDraft]:
    """What somebody is writing, locked."""
    wanted = select(RequestDraft).where(RequestDraft.author == author).order_by(RequestDraft.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def appointments_of(session: AsyncSession, person: UUID) -> Sequence[Appointment]:
    """All appointments that somebody has or had, locked."""
    wanted = select(Appointment).where(Appointment.person == person).order_by(Appointment.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def move_waits(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Nobody waits twice for the same: the earlier of the two places is left."""
    other = aliased(AppointmentWait)
    same = (other.agenda_id == AppointmentWait.agenda_id, other.kind_id == AppointmentWait.kind_id)
    both = (AppointmentWait.person.in_([absorbed, kept]), other.person.in_([absorbed, kept]))
    later = select(AppointmentWait.id).where(exists().where(*same, *both, other.id < AppointmentWait.id))
    twice = delete(AppointmentWait).where(AppointmentWait.id.in_(later))
    await session.execute(twice.execution_options(synchronize_session=False))
    moved = update(AppointmentWait).where(AppointmentWait.person == absorbed)
    moved = moved.values(person=kept, version=AppointmentWait.version + 1)
    await session.execute(moved.execution_options(synchronize_session=False))


async def move_refusals(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Who wanted to be asked no more under either account is not asked under the one that is left."""
    both = select(SurveyRefusal.collectivity).where(SurveyRefusal.who == kept)
    twice = delete(SurveyRefusal).where(SurveyRefusal.who == absorbed, SurveyRefusal.collectivity.in_(both))
    await session.execute(twice.execution_options(synchronize_session=False))
    moved = update(SurveyRefusal).where(SurveyRefusal.who == absorbed).values(who=kept)
    await session.execute(moved.execution_options(synchronize_session=False))


async def move_files(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Files change hands, and stay sealed with the key that they were sealed with."""
    owned = update(Attachment).where(Attachment.owner == absorbed)
    sealed_for = func.coalesce(Attachment.sealed_for, absorbed)
    await session.execute(owned.values(owner=kept, sealed_for=sealed_for).execution_options(synchronize_session=False))
    sent = update(Attachment).where(Attachment.uploaded_by == absorbed)
    await session.execute(sent.values(uploaded_by=kept).execution_options(synchronize_session=False))


async def move_follows(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Nobody follows a request twice, nor one of their own."""
    followed = select(Follow.request_id).where(Follow.person == kept)
    own = select(Request.id).where(Request.author == kept)
    twice = delete(Follow).where(Follow.person == absorbed, Follow.request_id.in_(followed))
    await session.execute(twice.execution_options(synchronize_session=False))
    moved = update(Follow).where(Follow.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
    mine = delete(Follow).where(Follow.person == kept, Follow.request_id.in_(own))
    await session.execute(mine.execution_options(synchronize_session=False))
