# SPDX-License-Identifier: EUPL-1.2
"""Who has mails go to a mailbox waits for whoever else does: what went there is counted first."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def take_turn(session: AsyncSession, mailbox: bytes) -> None:
    """Keep others that write to it waiting until this transaction ends; ``mailbox`` is its blind index."""
    name = f"mails to {mailbox.hex()}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
