# SPDX-License-Identifier: EUPL-1.2
"""Accounts that are no more, and the rows of theirs that move to the account that took their place.

Merges are told in no order between accounts: a chain may come end first.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.delivery_tables import Delivery
from parvis_notifications.db.tables import (
    MergedAccount,
    Message,
    Notice,
    Preference,
    PreferenceChange,
    UnreachableAddress,
)
from parvis_notifications.db.text_stop_tables import TextedNumber

LOCK: Final = "merged-accounts"
"""The name of the advisory lock that each merge holds."""
_NOT_OUT = ("pending", "retry", "sending")
_ASKED_ABOUT = ("sent", "unknown")


async def remember(session: AsyncSession, absorbed: UUID, kept: UUID, collectivity: str) -> UUID:
    """What is told of the absorbed account from now on is the other's; one merge at a time.

    Returns the account that is left at the end of the chain.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(LOCK, 0))))
    further = await session.scalar(select(MergedAccount.into_person).where(MergedAccount.person == kept))
    last = further or kept
    row = {"person": absorbed, "into_person": last, "collectivity": collectivity}
    await session.execute(insert(MergedAccount).values(row).on_conflict_do_nothing())
    await session.execute(update(MergedAccount).where(MergedAccount.into_person == absorbed).values(into_person=last))
    return last


async def standing(session: AsyncSession) -> None:
    """Until this transaction ends no account goes into another; one that has is there already. Before any row."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(func.hashtextextended(LOCK, 0))))


async def move_notices(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Whoever composes one at this moment finds its claim gone."""
    await session.execute(
        update(Notice)
        .where(Notice.person == absorbed)
        .values(person=kept, claim=None, due_at=func.least(Notice.due_at, func.now()))
    )


async def move_preferences(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """In each collectivity where the account that stays has chosen nothing."""
    chosen = select(Preference.collectivity).where(Preference.person == kept)
    free = update(Preference).where(Preference.person == absorbed, Preference.collectivity.not_in(chosen))
    await session.execute(free.values(person=kept).execution_options(synchronize_session=False))
    await session.execute(delete(Preference).where(Preference.person == absorbed))


async def move_what_is_known(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """How their choices came to be; and what is known of addresses, where the account that stays knows nothing."""
    moved = update(PreferenceChange).where(PreferenceChange.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
    of_which = tuple_(UnreachableAddress.collectivity, UnreachableAddress.channel)
    known = select(UnreachableAddress.collectivity, UnreachableAddress.channel).where(UnreachableAddress.person == kept)
    free = update(UnreachableAddress).where(UnreachableAddress.person == absorbed, of_which.not_in(known))
    await session.execute(free.values(person=kept).execution_options(synchronize_session=False))
    await session.execute(delete(UnreachableAddress).where(UnreachableAddress.person == absorbed))
    # The account that stays has a number of its own, or is asked for it with the next message.
    await session.execute(delete(TextedNumber).where(TextedNumber.person == absorbed))


async def messages_of(session: AsyncSession, person: UUID) -> Sequence[Message]:
    """All messages of somebody, in every collectivity, the oldest first."""
    wanted = select(Message).where(Message.person == person).order_by(Message.created_at, Message.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def deliveries_of(session: AsyncSession, message_id: UUID) -> Sequence[Delivery]:
    """The ways of a message, locked."""
    wanted = select(Delivery).where(Delivery.message_id == message_id).order_by(Delivery.id).with_for_update()
    return (await session.scalars(wanted)).all()


def withdraw(delivery: Delivery) -> None:
    """Have the address asked for again before it goes, or goes once more; what is in hand and not out goes back."""
    if delivery.state in _NOT_OUT or (delivery.state in _ASKED_ABOUT and delivery.ask_at is not None):
        delivery.address_doubts += 1
    if delivery.state in _NOT_OUT and delivery.handed_over_at is None:
        delivery.claim = None
