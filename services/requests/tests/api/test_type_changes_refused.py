# SPDX-License-Identifier: EUPL-1.2
"""A request stays of its type where it was decided, or where others or money are at it; why is said."""

import pytest
from circles import restricted
from conversing import send
from requests_town import Town
from type_changing import OTHER, change, filed


@pytest.fixture
async def types(town: Town) -> Town:
    await town.publish("one")
    await town.publish("two", **OTHER)
    return town


async def test_it_stays_where_something_stands_in_the_way(types: Town) -> None:
    town, citizen, agent = types, types.service.citizen(), types.service.agent(roles=["agent", "decider"])
    request = await filed(town, citizen)
    await town.act(agent, request, "study", '"1"')
    await town.act(agent, request, "refuse", '"2"', reason="Non.")
    version = (await town.get(agent, f"/v1/requests/{request['id']}")).headers["etag"]
    refused = await change(town, agent, request, version)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "decided")
    parent, child = await filed(town, citizen), await filed(town, citizen)
    path, body = f"/v1/requests/{child['id']}/merge", {"parent": parent["id"]}
    assert (await send(town, agent, path, body, **{"If-Match": '"1"'})).status_code == 201
    for each, code in ((parent, "has-merged"), (child, None)):
        version = (await town.get(agent, f"/v1/requests/{each['id']}")).headers["etag"]
        refused = await change(town, agent, each, version)
        assert refused.status_code == 409
        assert refused.json()["code"] == ("not-to-change" if code else "merged")
        assert not code or refused.json()["errors"][0]["code"] == code


TRANSFER = """
INSERT INTO transfer (request_id, collectivity, agent, action, note_id, to_other, due_at, created_at)
SELECT request_id, collectivity, actor, 'refuse', id, 'Métropole', now(), now() FROM message WHERE request_id = $1
"""
PAYMENT = """
INSERT INTO payment (id, collectivity, request_id, fee, state, amount_cents, mode, client_number, reference,
    created_at, next_look_at)
VALUES ($1, 'paris', $1, 'due', '{}', 100, 'test', '090909', 'x', now(), {})
"""


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (TRANSFER, "transferred"),
        (PAYMENT.format("paid", "NULL"), "payment"),
        (PAYMENT.format("abandoned", "now()"), "payment"),
        (PAYMENT.format("abandoned", "NULL"), None),
    ],
)
async def test_it_stays_where_others_or_money_are_at_it(types: Town, row: str, why: str | None) -> None:
    town, agent = types, types.service.agent()
    request = await filed(town, types.service.citizen())
    await town.write(agent, request, "internal", "Pour la métropole")
    await town.service.runtime.database.pool.execute(row, request["id"])
    answer = await change(town, agent, request, '"2"')
    assert answer.status_code == (409 if why else 201), answer.text
    assert why is None or answer.json()["errors"][0]["code"] == why


async def test_of_a_type_that_its_team_alone_reads_it_is_read_by_them_alone(types: Town) -> None:
    town = types
    code, team, inside, outside = await restricted(town, **OTHER)
    request = await filed(town, town.service.citizen())
    answer = await change(town, outside, request, code=code)
    assert answer.status_code == 201, answer.text
    assert answer.json()["request"]["team"] == team, "who gave it away sees what they did, once"
    path = f"/v1/requests/{request['id']}"
    assert (await town.get(outside, path)).status_code == 404
    assert (await town.get(outside, f"{path}/former-types")).status_code == 404
    assert (await town.get(outside, "/v1/work-queue")).json()["items"] == []
    assert (await change(town, inside, request, answer.headers["etag"])).status_code == 201
    assert (await town.get(outside, path)).status_code == 200
