# SPDX-License-Identifier: EUPL-1.2
"""What agents said of who was helped, and whose notes those are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db.broadcast_tables import HelpMark, Recipient
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.errors import NotFoundError

SEALED_NOTE: Final = "help_mark.note"
# Of each recipient: what is older is kept and not shown.
_SHOWN: Final = 10


async def asking(session: AsyncSession, alert_id: UUID, number: int) -> Recipient:
    """One recipient of an alert, locked; raises NotFoundError."""
    wanted = select(Recipient).where(Recipient.number == number, Recipient.broadcast_id == alert_id)
    row = (await session.execute(wanted.with_for_update())).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


def add(
    session: AsyncSession,
    row: Recipient,
    *,
    agent: UUID,
    helped: bool,
    note: bytes | None,
    key_person: UUID | None,
    now: datetime,
) -> None:
    """Keep it, in the transaction that changes the recipient."""
    session.add(
        HelpMark(
            id=uuid7(),
            recipient=row.number,
            collectivity=row.collectivity,
            key_person=key_person,
            helped=helped,
            agent=agent,
            note=note,
            created_at=now,
        )
    )


async def of_recipients(session: AsyncSession, numbers: Collection[int]) -> dict[int, list[HelpMark]]:
    """The last ten of each, the newest first."""
    turn = func.row_number().over(
        partition_by=HelpMark.recipient, order_by=(HelpMark.created_at.desc(), HelpMark.id.desc())
    )
    ranked = select(HelpMark.id, turn.label("turn")).where(HelpMark.recipient.in_(list(numbers))).subquery()
    wanted = (
        select(HelpMark)
        .join(ranked, ranked.c.id == HelpMark.id)
        .where(ranked.c.turn <= _SHOWN, HelpMark.recipient.in_(list(numbers)))
        .order_by(HelpMark.recipient, HelpMark.created_at.desc(), HelpMark.id.desc())
    )
    found: dict[int, list[HelpMark]] = {}
    for row in (await session.scalars(wanted)).all():
        found.setdefault(row.recipient, []).append(row)
    return found


async def helped(session: AsyncSession, alert_id: UUID) -> int:
    """How many of those who asked for help in an alert were helped."""
    wanted = select(func.count()).select_from(Recipient)
    asked = (Recipient.broadcast_id == alert_id, Recipient.answer == Reply.HELP.value)
    return await session.scalar(wanted.where(*asked, Recipient.helped_at.is_not(None))) or 0


async def noted(session: AsyncSession, key_person: UUID) -> Sequence[HelpMark]:
    """Those with a note that is sealed with this person's key, locked."""
    wanted = select(HelpMark).where(HelpMark.key_person == key_person, HelpMark.note.is_not(None))
    return (await session.scalars(wanted.order_by(HelpMark.id).with_for_update())).all()
