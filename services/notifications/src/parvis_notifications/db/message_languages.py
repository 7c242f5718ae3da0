# SPDX-License-Identifier: EUPL-1.2
"""The languages in which collectivities write, beside those of the platform."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.template_tables import MessageLanguages
from parvis_notifications.domain.errors import StaleVersionError

NEVER_CHOSEN = 0


async def one(session: AsyncSession, collectivity: str) -> tuple[Sequence[str], int]:
    """A collectivity's, with their version, which is 0 for one that never said any."""
    row = await session.get(MessageLanguages, collectivity)
    return ((), NEVER_CHOSEN) if row is None else (row.languages, row.version)


async def put(
    session: AsyncSession, collectivity: str, languages: Sequence[str], agent: UUID, *, version: int, now: datetime
) -> int:
    """The next version in the place of that one; raises StaleVersionError when another came first."""
    values = {"languages": list(languages), "version": version + 1, "changed_by": agent, "updated_at": now}
    if version == NEVER_CHOSEN:
        fresh = insert(MessageLanguages).values(collectivity=collectivity, **values)
        done = await session.execute(fresh.on_conflict_do_nothing().returning(MessageLanguages.version))
    else:
        same = (MessageLanguages.collectivity == collectivity, MessageLanguages.version == version)
        changed = update(MessageLanguages).where(*same).values(**values).execution_options(synchronize_session=False)
        done = await session.execute(changed.returning(MessageLanguages.version))
    if done.first() is None:
        raise StaleVersionError
    return version + 1
