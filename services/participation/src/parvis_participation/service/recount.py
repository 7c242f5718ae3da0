# SPDX-License-Identifier: EUPL-1.2
"""What lists are ordered by is counted a little later, some at a time: who supports something waits for no counter."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_participation.db import recounts
from parvis_participation.db.recounts import Kind
from parvis_participation.db.urn import take_time

_BATCH: Final = 50
_ROWS: Final = 10
"""So many changes are read at once for each that is counted at once: of what changes much there are many."""
_SECONDS: Final = 60
_log = logger(__name__)


async def recount(database: Database, batch: int = _BATCH) -> None:
    """Count all that has changed until now, unless another worker does.

    What somebody is changing at this moment is counted the next time, and so is what could not be counted. After a
    kill, what was not counted is due still.
    """
    after, most, more = 0, batch * _ROWS, True
    while more:
        async with database.reading() as session:
            found = await recounts.due(session, after, most)
        due = defaultdict[Kind, dict[UUID, list[int]]](lambda: defaultdict(list))
        for each in found:
            after = each.id
            due[each.kind][each.subject_id].append(each.id)
        for kind, of in due.items():
            subjects = list(of)
            for begin in range(0, len(subjects), batch):
                await _tried(database, kind, {subject: of[subject] for subject in subjects[begin : begin + batch]})
        more = len(found) == most


async def _tried(database: Database, kind: Kind, due: Mapping[UUID, Sequence[int]]) -> None:
    """What cannot be counted keeps nothing else from it."""
    try:
        await _count(database, kind, due)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        subjects = list(due)
        if len(subjects) == 1:
            _log.warning("not_counted", kind=kind, subject=str(subjects[0]), error=type(error).__name__)
            return
        half = len(subjects) // 2
        for some in (subjects[:half], subjects[half:]):
            await _tried(database, kind, {subject: due[subject] for subject in some})


async def _count(database: Database, kind: Kind, due: Mapping[UUID, Sequence[int]]) -> None:
    """Count first, then lock and write: who comments waits for no count. What is gone is due no more."""
    async with database.unit_of_work() as uow:
        if not await recounts.alone(uow.session):
            return
        await take_time(uow.session, _SECONDS)
        stale = [each for each in await recounts.counted(uow.session, kind, due) if each.stale]
        written = await recounts.write(uow.session, kind, stale) if stale else set()
        left = {each.id for each in stale} - written
        await recounts.done(uow.session, [id_ for subject, ids in due.items() if subject not in left for id_ in ids])
        await uow.commit()
