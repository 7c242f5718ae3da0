# SPDX-License-Identifier: EUPL-1.2
"""Work off bulk operations: one item a transaction, in which the act and its outcome stand or fall together."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_requests.db import bulk
from parvis_requests.db.tables import BulkItem, BulkOperation
from parvis_requests.domain.priority import Priority
from parvis_requests.domain.request import Actor
from parvis_requests.service.act_on_request import Act, act_on_request
from parvis_requests.service.assign_request import Assigning, assign_request
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.prioritise_request import Prioritising, prioritise_request
from parvis_requests.service.start_bulk import REASON, handing_of, teams_of

DONE = "done"
Code = Callable[[Exception], str | None]


async def work_off_bulk(
    database: Database,
    catalogues: Catalogues,
    persons: PersonKeys,
    code_of: Code,
    now: Callable[[], datetime],
    pause_at: Callable[[str], None] = lambda _: None,
) -> int:
    """Do all that waits; returns how many items. Several workers share them.

    Args:
        database: where requests and operations lie.
        catalogues: the workflows.
        persons: the key store.
        code_of: the code of the problem that an error is; None where it says "not now", and the item waits on.
        now: the clock.
        pause_at: called at ``acted``, before the commit; tests kill the worker there.
    """
    count = 0
    while True:
        async with database.unit_of_work() as uow:
            found = await bulk.next_waiting(uow.session)
            if found is None:
                return count
            item, operation = found
            try:
                async with uow.session.begin_nested():
                    await _do(uow.session, item, operation, catalogues, persons, now())
                outcome = DONE
            except Exception as error:
                code = code_of(error)
                if code is None:
                    raise
                outcome = code
            item.outcome, item.ended_at = outcome, now()
            pause_at("acted")
            await uow.commit()
        count += 1


async def forget_bulk(database: Database, before: datetime) -> None:
    """Delete operations that were started before that time."""
    async with database.unit_of_work() as uow:
        await bulk.remove_old(uow.session, before)
        await uow.commit()


async def _do(
    session: AsyncSession,
    item: BulkItem,
    operation: BulkOperation,
    catalogues: Catalogues,
    persons: PersonKeys,
    now: datetime,
) -> None:
    reason = None
    if operation.reason is not None:
        reason = (await persons.of(operation.agent)).open(REASON, operation.reason)
    roles, teams = frozenset(operation.roles), teams_of(operation)
    actor = Actor(operation.agent, operation.collectivity, is_agent=True, roles=roles, teams=teams)
    handing = handing_of(operation)
    if handing is not None:
        assigning = Assigning(item.request_id, item.version, handing, reason)
        await assign_request(session, actor, assigning, catalogues=catalogues, persons=persons, now=now)
        return
    if operation.priority is not None:
        said = Prioritising(item.request_id, item.version, Priority.ranked(operation.priority))
        await prioritise_request(session, actor, said, catalogues=catalogues, now=now)
        return
    act = Act(item.request_id, operation.action, item.version, reason)
    holidays = (await catalogues.of(actor.collectivity)).holidays
    await act_on_request(session, actor, act, catalogues=catalogues, persons=persons, holidays=holidays, now=now)
