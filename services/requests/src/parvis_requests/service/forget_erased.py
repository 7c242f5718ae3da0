# SPDX-License-Identifier: EUPL-1.2
"""The keys of people who were erased are destroyed, once none of their requests is open or kept by law.

Nor may an appointment be to come. What somebody filed goes on without them, and is kept as long as its type says (GDPR,
article 17(3)(b) and (d)): until then their key opens it for the agents who handle it. Then the last request goes by its
retention, and the key after it.
"""

from datetime import datetime, timedelta
from typing import Final

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_requests.db import erased_people, retention

_BATCH: Final = 100
_AGAIN: Final = timedelta(days=1)
_log = logger(__name__)


async def forget_erased(database: Database, now: datetime) -> int:
    """Put the keys that nothing needs on the list of what is destroyed; returns how many.

    :func:`parvis_requests.service.purge_closed.destroy_rest` destroys them. Each person is looked at once a day.
    """
    total = 0
    while True:
        async with database.unit_of_work() as uow:
            found = await erased_people.due(uow.session, now, _BATCH)
            for row in found:
                # What their last calls brought after the event was heard.
                await erased_people.forget(uow.session, row.person)
                if await erased_people.kept(uow.session, row.person, now):
                    await erased_people.look_again(uow.session, row.person, now + _AGAIN)
                    continue
                await retention.destroy(uow.session, row.collectivity, retention.KEY, [row.person])
                await erased_people.remove(uow.session, row.person)
                total += 1
            if found:
                await uow.commit()
        if len(found) < _BATCH:
            break
    if total:
        _log.info("erased_people_forgotten", people=total)
    return total
