# SPDX-License-Identifier: EUPL-1.2
"""People who were erased: what is theirs alone, and whether anything is kept that only their key opens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import (
    Appointment,
    AppointmentWait,
    Attachment,
    CalendarFeed,
    ErasedPerson,
    Follow,
    MergedAccount,
    Request,
    RequestDraft,
    SavedView,
    SurveyRefusal,
)
from parvis_requests.domain.appointment import AppointmentState

SETTLED: Final = timedelta(minutes=20)
"""After that long nothing of theirs is accepted any more, wherever their sessions' end was heard late.

Access tokens live for 15 minutes at most, and processes keep a key for a minute (``parvis_kit.crypto.persons``).
"""


async def remember(session: AsyncSession, person: UUID, collectivity: str, now: datetime) -> bool:
    """Their key is to be destroyed as soon as nothing needs it, or comes to need it; False where that was known."""
    values = {"person": person, "collectivity": collectivity, "look_at": now + SETTLED}
    fresh = insert(ErasedPerson).values(values).on_conflict_do_nothing().returning(ErasedPerson.person)
    return (await session.execute(fresh)).first() is not None


async def forget(session: AsyncSession, person: UUID) -> None:
    """Drafts, what they follow or wait for, and that they wanted to be asked no more; files of drafts are swept.

    Their calendars, which whoever knows the address reads, and the views of an agent, which nobody else may change, go.
    """
    drafts = (await session.scalars(select(RequestDraft.id).where(RequestDraft.author == person))).all()
    for statement in (
        update(Attachment).where(Attachment.draft_id.in_(drafts)).values(draft_id=None),
        delete(RequestDraft).where(RequestDraft.author == person),
        delete(Follow).where(Follow.person == person),
        delete(AppointmentWait).where(AppointmentWait.person == person),
        delete(CalendarFeed).where(CalendarFeed.owner == person),
        delete(SavedView).where(SavedView.owner == person),
        delete(SurveyRefusal).where(SurveyRefusal.who == person),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[ErasedPerson]:
    """Those to look at, locked; those whom another process looks at are passed over."""
    wanted = select(ErasedPerson).where(ErasedPerson.look_at <= now).order_by(ErasedPerson.look_at).limit(limit)
    return (await session.scalars(wanted.with_for_update(skip_locked=True))).all()


async def kept(session: AsyncSession, person: UUID, now: datetime) -> bool:
    """Whether their key opens anything that agents still handle.

    That is a request of theirs, or of the account that theirs went into, whose files their key may seal, or an
    appointment to come: they may come to it all the same, and agents read why it was moved.
    """
    into = await session.scalar(select(MergedAccount.into_person).where(MergedAccount.person == person))
    # One question after the other: of two that either may answer, PostgreSQL reads a whole table.
    for account in (person, into):
        if account and await session.scalar(select(exists().where(Request.author == account))):
            return True
    to_come = (Appointment.ends_at > now, Appointment.state != AppointmentState.CANCELLED)
    return bool(await session.scalar(select(exists().where(Appointment.person == person, *to_come))))


async def look_again(session: AsyncSession, person: UUID, at: datetime) -> None:
    """Something is kept: look at it then."""
    await session.execute(update(ErasedPerson).where(ErasedPerson.person == person).values(look_at=at))


async def remove(session: AsyncSession, person: UUID) -> None:
    """Nothing is kept any more, and the key is on the list of what is destroyed."""
    await session.execute(delete(ErasedPerson).where(ErasedPerson.person == person))
