# SPDX-License-Identifier: EUPL-1.2
"""Lists of proposals, narrowed and ordered."""

from typing import Any

import pytest
from comment_town import Thread
from participation_town import Town
from proposal_town import LIST, propose, support, verified

from parvis_participation.service.recount import recount

Item = dict[str, Any]
PARIS = "2.2,48.8,2.5,48.9"


async def proposals(town: Town, count: int, **changes: Any) -> list[Item]:
    made = [await propose(town, town.service.citizen(), title=f"Banc {number}", **changes) for number in range(count)]
    return [each.json() for each in made]


async def listed(town: Town, **query: Any) -> list[Item]:
    """All pages, forwards; each but the first leads back to the one before."""
    found: list[Item] = []
    pages: list[list[Item]] = []
    cursor: str | None = None
    while True:
        params = {**query, "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = await town.client.get(LIST, params=params)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        if pages:
            back = await town.client.get(LIST, params={**query, "limit": 2, "cursor": body["prev_cursor"]})
            assert back.json()["items"] == pages[-1]
        pages.append(body["items"])
        found += body["items"]
        cursor = body["next_cursor"]
        if cursor is None:
            return found


def ids(items: list[Item]) -> list[str]:
    return [each["id"] for each in items]


async def test_the_most_supported_come_first_on_whichever_page(town: Town) -> None:
    made = await proposals(town, 5)
    for proposal, supporters in zip(made, (1, 3, 0, 2, 4), strict=True):
        for _ in range(supporters):
            assert (await support(town, verified(town), proposal)).status_code == 200
    await recount(town.service.runtime.database)
    found = await listed(town, sort="-supports")
    assert [each["supports"] for each in found] == [4, 3, 2, 1, 0]
    assert ids(found) == [made[index]["id"] for index in (4, 1, 3, 0, 2)]


async def test_the_most_discussed_come_first_and_withdrawn_words_do_not_count(town: Town) -> None:
    made, ada = await proposals(town, 3), town.service.citizen()
    for proposal, comments in zip(made, (1, 2, 0), strict=True):
        thread = Thread(town.service, "proposal", proposal)
        for _ in range(comments):
            assert (await thread.write(ada, "Bonne idée.")).status_code == 201
    await recount(town.service.runtime.database)
    assert ids(await listed(town, sort="-comments")) == [made[index]["id"] for index in (1, 0, 2)]
    await town.service.runtime.database.pool.execute(
        "UPDATE comment SET state = 'withdrawn', text = NULL WHERE proposal_id::text = $1", made[1]["id"]
    )
    await recount(town.service.runtime.database)
    assert ids(await listed(town, sort="-comments"))[0] == made[0]["id"]


async def test_chance_has_one_order_for_each_seed(town: Town) -> None:
    made = ids(await proposals(town, 6))
    orders = [ids(await listed(town, sort="random", seed=seed)) for seed in (1, 1, 2, 3, 4)]
    assert all(sorted(order) == sorted(made) for order in orders)
    assert orders[0] == orders[1]
    assert len({tuple(order) for order in orders}) > 1, "of four seeds all in one order, once in 720 by 720 by 720"


async def test_a_cursor_is_of_one_order(town: Town) -> None:
    await proposals(town, 3)
    cursor = (await town.client.get(LIST, params={"limit": 2, "sort": "random", "seed": 1})).json()["next_cursor"]
    other = await town.client.get(LIST, params={"limit": 2, "sort": "random", "seed": 2, "cursor": cursor})
    assert (other.status_code, other.json()["code"]) == (400, "invalid-cursor")


async def test_of_a_place_on_the_map(town: Town) -> None:
    point = {"type": "Point", "coordinates": [2.5, 48.85]}
    (inside,), (edge,) = await proposals(town, 1), await proposals(town, 1, position=point)
    (nowhere,) = await proposals(town, 1, position=None)
    assert ids(await listed(town, bbox=PARIS)) == [inside["id"]]
    assert ids(await listed(town, bbox="2.5,48.8,2.6,48.9")) == [edge["id"]], "each place is in one box"
    assert nowhere["id"] in ids(await listed(town))


async def test_by_what_became_of_them(town: Town) -> None:
    first, second, _ = await proposals(town, 3)
    pool = town.service.runtime.database.pool
    for proposal, outcome in ((first, "accepted"), (second, "done")):
        await pool.execute("UPDATE proposal SET outcome = $2 WHERE id::text = $1", proposal["id"], outcome)
    assert ids(await listed(town, outcome="accepted")) == [first["id"]]
    assert set(ids(await listed(town, outcome=["accepted", "done"]))) == {first["id"], second["id"]}
    assert await listed(town, outcome="refused") == []


@pytest.mark.parametrize(
    "query", [{"bbox": "2.5,48.8,2.2,48.9"}, {"bbox": "1,2,3"}, {"sort": "supports"}, {"outcome": "no"}, {"seed": -1}]
)
async def test_what_is_no_filter_is_refused(town: Town, query: dict[str, Any]) -> None:
    assert (await town.client.get(LIST, params=query)).status_code == 422
