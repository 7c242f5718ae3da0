# SPDX-License-Identifier: EUPL-1.2
"""What the town takes up again once its supporters are forgotten is supported anew, and no number adds up two times."""

import runpy
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from accountability_town import report
from participation_town import Town
from process_town import phase, published
from proposal_town import LIST, propose, support, verified

from parvis_participation.domain.retention import Kind
from parvis_participation.service.forget_votes import forget_some, forget_votes
from parvis_participation.service.recount import recount
from parvis_participation.settings import MIGRATIONS
from parvis_testing import Caller

DAYS = {Kind.SUPPORTS: 186}
LONG = timedelta(days=400)


async def refused(town: Town, *who: Caller, **changes: Any) -> dict[str, Any]:
    """A proposal that these people supported and the town refused."""
    made: dict[str, Any] = (await propose(town, town.service.citizen(), **changes)).json()
    for each in who:
        assert (await support(town, each, made)).status_code == 200
    answer = await report(town, made, "refused")
    assert (answer.status_code, answer.json()["supports_anew"]) == (201, False)
    return made


async def read(town: Town, made: dict[str, Any]) -> tuple[int, list[int], bool]:
    found = (await town.client.get(f"{LIST}/{made['id']}")).json()
    return found["supports"], found["earlier_supports"], found["takes_supports"]


async def test_who_supported_before_may_do_so_again_and_each_counts_once_in_each_number(town: Town) -> None:
    database, now, (ada, bob, eve) = town.service.runtime.database, datetime.now(UTC), (verified(town) for _ in "123")
    made = await refused(town, ada, bob)
    assert await read(town, made) == (2, [], True)
    assert await forget_votes(database, DAYS, now + LONG) == 1
    await recount(database)
    assert await database.pool.fetchval("SELECT ranked_supports FROM proposal") == 2
    assert await read(town, made) == (2, [], False)
    assert (await report(town, made, "refused")).json()["supports_anew"] is False, "it is settled as before"
    assert (await support(town, eve, made)).status_code == 409
    assert (await report(town, made, "under-review")).json()["supports_anew"] is True
    assert await read(town, made) == (0, [2], True)
    assert await database.pool.fetchval("SELECT ranked_supports FROM proposal") == 0
    for who in (ada, eve, ada):
        assert (await support(town, who, made)).status_code == 200
    assert await read(town, made) == (2, [2], True)
    assert (await report(town, made, "accepted")).json()["supports_anew"] is False, "it has been taken up already"
    assert await forget_votes(database, DAYS, now + LONG) == 0, "who supports what is the town's affair is kept"
    assert (await report(town, made, "done")).status_code == 201
    assert await forget_votes(database, DAYS, now + LONG) == 1
    assert await read(town, made) == (2, [2], False)
    down = runpy.run_path(str(MIGRATIONS / "versions" / "0094_supports_anew.py"))["REFUSED"]
    with pytest.raises(asyncpg.RaiseError, match="would be lost"):
        await database.pool.execute(down)


async def test_what_is_taken_up_again_half_way_is_forgotten_to_the_end_first(town: Town) -> None:
    database, now = town.service.runtime.database, datetime.now(UTC)
    made = await refused(town, *(verified(town) for _ in range(3)))
    assert await forget_some(database, Kind.SUPPORTS, 186, now + LONG, 2, [])
    assert await town.count("proposal_support") == 1
    assert (await report(town, made, "refused")).json()["supports_anew"] is False, "it is settled as before"
    assert (await report(town, made, "under-review")).json()["supports_anew"] is True, "as soon as all are forgotten"
    assert await read(town, made) == (3, [], False)
    assert await forget_votes(database, DAYS, now) == 1
    assert await town.count("proposal_support") == 0
    assert await read(town, made) == (0, [3], True)


async def test_what_was_made_in_a_process_that_is_over_is_supported_no_more(town: Town) -> None:
    database, now = town.service.runtime.database, datetime.now(UTC)
    acts = ("submit-proposal", "support-proposal")
    process = await published(town, phase("now", -1, *acts), ends_at=(now + timedelta(days=2)).isoformat())
    made = await refused(town, verified(town), process_id=process["id"])
    assert await forget_votes(database, DAYS, now + LONG) == 1
    over = {"ends": now - timedelta(hours=1), "id": process["id"]}
    await database.pool.execute("UPDATE process SET ends_at = $1 WHERE id = $2", over["ends"], over["id"])
    assert (await report(town, made, "under-review")).json()["supports_anew"] is False
    assert await read(town, made) == (1, [], False)
