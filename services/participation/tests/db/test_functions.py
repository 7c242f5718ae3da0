# SPDX-License-Identifier: EUPL-1.2
"""What the database's own functions do, tried on the oldest PostgreSQL, too: planning enters none of them."""

from uuid import UUID

from merged_accounts import hear, merged
from participation_town import Town

from parvis_participation.db import merged_accounts


async def test_the_account_at_the_end_of_a_chain_stands_for_all_before_it(town: Town) -> None:
    first, second, last, other = (town.service.citizen() for _ in range(4))
    await hear(town.service, merged(second, last), merged(first, second))
    async with town.service.runtime.database.reading() as session:
        standing = [await merged_accounts.standing(session, UUID(each.subject)) for each in (first, second, other)]
    assert standing == [UUID(last.subject), UUID(last.subject), UUID(other.subject)]
