# SPDX-License-Identifier: EUPL-1.2
"""Who of the register was called on during an alert."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.alert_tables import RegisterEntry
from parvis_notifications.db.broadcast_tables import Recipient, RegisterVisit
from parvis_notifications.domain.alert import VisitOutcome
from parvis_notifications.domain.errors import NotFoundError

FOUND: Final = (VisitOutcome.MET.value, VisitOutcome.AWAY.value)
"""After which nobody has to call on them again."""
MOST_SHOWN: Final = 100


def last_visit() -> ScalarSelect[UUID]:
    """That of a recipient which was kept last."""
    own = select(RegisterVisit.id).where(RegisterVisit.recipient == Recipient.number)
    last = own.order_by(RegisterVisit.created_at.desc(), RegisterVisit.id.desc()).limit(1)
    return last.correlate(Recipient).scalar_subquery()


async def entered(session: AsyncSession, alert_id: UUID, number: int) -> UUID:
    """The entry of a recipient of that alert who is in the register still; raises NotFoundError."""
    wanted = select(RegisterEntry.id).join(Recipient, Recipient.subscriber_id == RegisterEntry.id)
    found = await session.scalar(wanted.where(Recipient.number == number, Recipient.broadcast_id == alert_id))
    if found is None:
        raise NotFoundError
    return found


async def of_entry(session: AsyncSession, entry_id: UUID) -> Sequence[RegisterVisit]:
    """The last ones of somebody, whatever they were for, newest first."""
    wanted = select(RegisterVisit).join(Recipient, Recipient.number == RegisterVisit.recipient)
    wanted = wanted.where(Recipient.subscriber_id == entry_id)
    wanted = wanted.order_by(RegisterVisit.created_at.desc(), RegisterVisit.id.desc()).limit(MOST_SHOWN)
    return (await session.scalars(wanted)).all()
