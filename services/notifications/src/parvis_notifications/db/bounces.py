# SPDX-License-Identifier: EUPL-1.2
"""What reports say of mails that the relay had taken, and of news in them; one that comes twice changes no more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.domain.delivery import Fault

# Only what went out. An answer that never came is no matter: the relay took the mail, and must not get it again.
_BOUNCED: Final = text("""
WITH back AS (
    UPDATE delivery d SET state = 'bounced', bounced_at = :now, report_status = :status, claim = NULL,
        fault = :fault
    FROM message m WHERE d.id = :id AND m.id = d.message_id AND d.attempts > 0 AND d.bounced_at IS NULL
    RETURNING m.person, d.collectivity, d.address, d.target),
news AS (
    UPDATE broadcast_delivery b SET state = 'bounced', bounced_at = :now, report_status = :status
    FROM back WHERE b.digest_id = back.target AND b.state IN ('gathered', 'sent'))
SELECT person, collectivity, address FROM back
""")
_DELAYED: Final = text("""
WITH late AS (
    UPDATE delivery SET delayed_at = :now, report_status = :status
    WHERE id = :id AND attempts > 0 AND bounced_at IS NULL RETURNING target),
news AS (
    UPDATE broadcast_delivery b SET delayed_at = :now, report_status = :status
    FROM late WHERE b.digest_id = late.target AND b.state IN ('gathered', 'sent'))
SELECT true FROM late
""")


@dataclass(frozen=True, slots=True)
class Returned:
    """Whose mail came back, from which address, sealed."""

    person: UUID
    collectivity: str
    address: bytes


async def bounced(
    session: AsyncSession, delivery_id: UUID, status: str, fault: Fault, now: datetime
) -> Returned | None:
    """It does not arrive; None where that is known, or nothing was sent."""
    values = {"id": delivery_id, "status": status, "fault": fault, "now": now}
    row = (await session.execute(_BOUNCED, values)).one_or_none()
    return None if row is None else Returned(*row)


async def delayed(session: AsyncSession, delivery_id: UUID, status: str, now: datetime) -> bool:
    """The relay still tries; False where it has given up by now, or nothing was sent."""
    row = (await session.execute(_DELAYED, {"id": delivery_id, "status": status, "now": now})).one_or_none()
    return row is not None
