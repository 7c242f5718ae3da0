# SPDX-License-Identifier: EUPL-1.2
"""What lists are ordered by is counted a little later, some at a time: who supports something waits for no counter."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_participation.db import recounts
from parvis_participation.db.recounts import Due, Kind
from parvis_participation.db.urn import take_time

_BATCH: Final = 500
_SECONDS: Final = 60


async def recount(database: Database, batch: int = _BATCH) -> None:
    """Count all that has changed until now.

    What somebody is changing at this moment is counted the next time. After a kill, what was not counted is due still.
    """
    after, more = 0, True
    while more:
        async with database.unit_of_work() as uow:
            found = await recounts.due(uow.session, after, batch)
            if found:
                after = found[-1].id
                await take_time(uow.session, _SECONDS)
                await _count(uow.session, found)
                await uow.commit()
        more = len(found) == batch


async def _count(session: AsyncSession, due: Sequence[Due]) -> None:
    """First the locks, then the numbers: what another worker has counted meanwhile is seen by then."""
    by_kind = defaultdict[Kind, list[Due]](list)
    for each in due:
        by_kind[each.kind].append(each)
    for kind, wanted in by_kind.items():
        held = await recounts.held(session, kind, {each.subject_id for each in wanted})
        await recounts.count(session, kind, held)
        await recounts.done(session, [each for each in wanted if each.subject_id in held])
