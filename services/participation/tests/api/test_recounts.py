# SPDX-License-Identifier: EUPL-1.2
"""Lists are in the order of the worker's last count, which follows all that changes and keeps nobody waiting."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from comment_town import Thread
from participation_town import Town
from petition_town import admitted, sign
from process_town import phase, published
from proposal_town import LIST, propose, support, verified
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import petition_list, proposal_list, recounts
from parvis_participation.db.recounts import Kind
from parvis_participation.service.recount import recount

Item = dict[str, Any]


async def proposed(town: Town, *supporters: int, **changes: Any) -> list[Item]:
    """Proposals with so many supports, in the order of their writing."""
    made: list[Item] = []
    for number in supporters:
        made.append((await propose(town, town.service.citizen(), **changes)).json())
        for _ in range(number):
            assert (await support(town, verified(town), made[-1])).status_code == 200
    return made


async def listed(town: Town, sort: str = "-supports", **query: Any) -> list[Item]:
    answer = await town.client.get(LIST, params={"sort": sort, **query})
    assert answer.status_code == 200, answer.text
    found: list[Item] = answer.json()["items"]
    return found


def ids(items: list[Item], *places: int) -> list[str]:
    return [items[place]["id"] for place in places or range(len(items))]


@asynccontextmanager
async def held(town: Town, proposal: Item) -> AsyncIterator[None]:
    """Somebody changes it meanwhile."""
    async with town.service.runtime.database.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM proposal WHERE id::text = $1 FOR UPDATE", proposal["id"])
        yield


async def test_the_order_is_the_last_count_and_the_number_is_that_of_the_moment(town: Town) -> None:
    database, (one, two, three) = town.service.runtime.database, await proposed(town, 1, 2, 0)
    await recount(database)
    assert await town.count("recount") == 0
    for _ in range(3):
        await support(town, verified(town), three)
    found = await listed(town)
    assert [(each["id"], each["supports"]) for each in found] == [(two["id"], 2), (one["id"], 1), (three["id"], 3)]
    await recount(database)
    assert ids(await listed(town)) == ids([three, two, one])


async def test_what_is_taken_back_or_removed_counts_no_more(town: Town) -> None:
    database, ada, (one, two) = town.service.runtime.database, verified(town), await proposed(town, 0, 1)
    thread, eve = Thread(town.service, "proposal", one), town.service.citizen()
    said = [(await thread.write(eve)).json() for _ in "12"]
    await Thread(town.service, "proposal", two).write(eve)
    for _ in range(2):
        await support(town, verified(town), one)
    assert (await support(town, ada, two)).status_code == 200
    assert (await support(town, verified(town), two)).status_code == 200
    await recount(database)
    assert (ids(await listed(town)), ids(await listed(town, "-comments"))) == (ids([two, one]), ids([one, two]))
    await support(town, ada, two, supporting=False)
    await database.pool.execute("DELETE FROM proposal_support WHERE proposal_id::text = $1", two["id"])
    for comment in said:
        assert (await thread.withdraw(eve, comment)).status_code == 204
    await recount(database)
    assert (ids(await listed(town)), ids(await listed(town, "-comments"))) == (ids([one, two]), ids([two, one]))


async def test_an_ordered_list_is_narrowed_as_any_other(town: Town) -> None:
    database = town.service.runtime.database
    process = await published(town, phase("now", -1, "submit-proposal", "support-proposal"))
    inside = await proposed(town, 0, 2, 1, process_id=process["id"], title="Un banc")
    outside = await proposed(town, 3, title="Un arbre", position=None)
    await recount(database)
    assert ids(await listed(town)) == ids([*outside, *inside], 0, 2, 3, 1)
    assert ids(await listed(town, process_id=process["id"])) == ids(inside, 1, 2, 0)
    assert ids(await listed(town, q="banc")) == ids(inside, 1, 2, 0)
    assert ids(await listed(town, bbox="2.2,48.8,2.5,48.9")) == ids(inside, 1, 2, 0)
    await database.pool.execute("UPDATE proposal SET outcome = 'done' WHERE id::text = ANY($1)", ids(inside, 0, 2))
    assert ids(await listed(town, outcome="done")) == ids(inside, 2, 0)
    await database.pool.execute("UPDATE proposal SET state = 'withdrawn' WHERE id::text = $1", inside[1]["id"])
    assert ids(await listed(town)) == ids([*outside, *inside], 0, 3, 1)


async def test_what_somebody_changes_meanwhile_is_counted_the_next_time_and_the_rest_at_once(town: Town) -> None:
    database, made = town.service.runtime.database, await proposed(town, 2, 1, 3)
    async with held(town, made[0]):
        await recount(database, 1)
    assert ids(await listed(town)) == ids(made, 2, 1, 0)
    assert await town.count("recount") == 2, "both supports of the one that was held"
    await recount(database, 1)
    assert ids(await listed(town)) == ids(made, 2, 0, 1)
    assert await town.count("recount") == 0


async def test_who_supports_or_comments_waits_for_no_count_and_no_count_for_them(town: Town) -> None:
    database, (made,) = town.service.runtime.database, await proposed(town, 1)
    thread, eve = Thread(town.service, "proposal", made), town.service.citizen()
    async with database.unit_of_work() as uow:
        assert await recounts.alone(uow.session)
        (found,) = await recounts.counted(uow.session, Kind.PROPOSAL, [UUID(made["id"])])
        assert (found.numbers, found.stale) == ((1, 0), True)
        assert (await support(town, verified(town), made)).status_code == 200
        assert (await thread.write(eve)).status_code == 201
        await recount(database)
        assert await town.count("recount") == 3, "the other worker leaves it to this one"
        assert await recounts.write(uow.session, Kind.PROPOSAL, [found]) == {found.id}
        assert (await support(town, verified(town), made)).status_code == 200
        await uow.commit()
    await recount(database)
    ranked = "SELECT ranked_supports, ranked_comments, version FROM proposal"
    assert tuple(await database.pool.fetchrow(ranked)) == (3, 1, made["version"])
    assert await town.count("recount") == 0


async def test_what_cannot_be_counted_keeps_nothing_else_from_it_and_what_is_gone_is_due_no_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, made = town.service.runtime.database, await proposed(town, 1, 2, 3, 4)
    gone = "INSERT INTO recount (collectivity, kind, subject_id) VALUES ('paris', 'proposal', gen_random_uuid())"
    await database.pool.execute(gone)
    whole, bad = recounts.counted, UUID(made[1]["id"])

    async def counted(session: AsyncSession, kind: Kind, ids: Collection[UUID]) -> list[recounts.Counted]:
        if bad in ids:
            raise DBAPIError("SELECT", {}, ValueError())
        return await whole(session, kind, ids)

    with monkeypatch.context() as patch:
        patch.setattr(recounts, "counted", counted)
        await recount(database)
    assert ids(await listed(town)) == ids(made, 3, 2, 0, 1)
    assert await town.count("recount") == 2, "both supports of the one that could not be counted"
    await recount(database)
    assert ids(await listed(town)) == ids(made, 3, 2, 1, 0)
    assert await town.count("recount") == 0


async def test_open_data_count_what_is_not_counted_yet(town: Town) -> None:
    database = town.service.runtime.database
    await proposed(town, 2)
    await sign(town, verified(town), await admitted(town, town.service.citizen()))

    async def told() -> tuple[int, int]:
        async with database.reading() as session:
            (proposal,) = (await proposal_list.told(session, "paris", None, 9)).rows
            (petition,) = (await petition_list.told(session, "paris", None, 9)).rows
        return proposal.supports, petition.signatures

    assert await told() == (2, 1)
    await recount(database)
    assert await told() == (2, 1)
    await database.pool.execute("UPDATE proposal SET ranked_supports = 7")
    await database.pool.execute("UPDATE petition SET ranked_signatures = 8")
    assert await told() == (7, 8), "a town's supports are not counted at each making"
