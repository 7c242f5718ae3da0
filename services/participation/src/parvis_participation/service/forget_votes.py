# SPDX-License-Identifier: EUPL-1.2
"""Some time after its end nobody keeps who chose what; what the choices add up to stays, exactly, and so do its proofs.

What they add up to is written in the transaction that deletes the first rows, and read instead of them from then on:
after a kill the next round deletes what is left, and no number has changed meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_participation.db import retention
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.db.tables import Budget, Consultation, Poll
from parvis_participation.db.urn import take_time
from parvis_participation.domain.retention import Kind
from parvis_participation.service.in_turn import in_turn
from parvis_participation.service.support_anew import support_anew
from parvis_participation.service.town_acts import TownAct, add_act

BATCH: Final = 5_000
_SECONDS: Final = 600
"""What it may take to add up the votes of a large city."""
_OF: Final = {
    Consultation: "consultation_id",
    Budget: "budget_id",
    Poll: "poll_id",
    Proposal: "proposal_id",
}
_log = logger(__name__)


async def forget_votes(database: Database, days: Mapping[Kind, int], now: datetime, batch: int = BATCH) -> int:
    """Delete who answered, voted, supported, and stood on lists that were never used, once it is over for long enough.

    ``days`` are for what has no period of its own. At most ``batch`` rows of a table go in one transaction; returns how
    many transactions that took.
    """
    return sum([await in_turn(partial(forget_some, database, kind, days.get(kind, 0), now, batch)) for kind in Kind])


async def forget_some(database: Database, kind: Kind, days: int, now: datetime, batch: int, failed: list[UUID]) -> bool:
    """One transaction of it for one object, none of which has failed; False where nothing is due."""
    async with database.unit_of_work() as uow:
        row = await retention.due(uow.session, kind, days, now, failed)
        if row is None:
            return False
        failed.append(row.id)
        await take_time(uow.session, _SECONDS)
        await retention.settle(uow.session, row)
        deleted = await retention.delete_some(uow.session, kind, row.id, batch)
        over = not await retention.any_left(uow.session, kind, row.id)
        if over:
            await _forgotten(uow.session, row, kind, now)
        if over and deleted:  # of what nobody chose there is nothing to say
            told = {"kind": kind.value}
            act = TownAct("votes-forgotten", {_OF[type(row)]: str(row.id)}, now, details=told)
            await add_act(uow.session, row.collectivity, act)
        object_id = row.id
        await uow.commit()
    _log.info("votes_forgotten", kind=kind.value, object=str(object_id), rows=deleted)
    return True


async def _forgotten(session: AsyncSession, row: retention.Object, kind: Kind, now: datetime) -> None:
    if isinstance(row, Proposal):
        row.supports_forgotten_at = now
        await support_anew(session, row, now)
    elif kind is not Kind.UNUSED_LIST:  # which is found by its rows, and may be filled again
        row.forgotten_at = now
