# SPDX-License-Identifier: EUPL-1.2
"""What comes first in a queue: what is due, what silence decides, what presses; and what nobody has opened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from requests_town import Town

from parvis_testing import Caller

NOW = datetime.now(UTC)


async def ids(town: Town, caller: Caller, query: str) -> list[str]:
    path, seen = f"/v1/work-queue?limit=2&{query}", []
    while path:
        answer = await town.get(caller, path)
        assert answer.status_code == 200, answer.text
        seen += [item["id"] for item in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url", "")
    return seen


async def four(town: Town) -> list[dict[str, Any]]:
    """Four requests: due in two days, in one, never and since yesterday; all but the first have a legal end."""
    citizen, pool = town.service.citizen(), town.service.runtime.database.pool
    made = [(await town.submit(citizen)).json() for _ in range(4)]
    for request, due, decided in zip(made, (2, 1, None, -1), (None, 30, 20, 10), strict=True):
        await pool.execute(
            "UPDATE request SET due_at = $2, legal_end_at = $3 WHERE id = $1",
            request["id"], *(NOW + timedelta(days=days) if days is not None else None for days in (due, decided)),
        )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("sort", "order"), [("due_at", (3, 1, 0, 2)), ("legal_end_at", (3, 2, 1, 0)), ("-priority", (2, 3, 0, 1))]
)
async def test_a_queue_is_read_in_the_order_of_what_presses(town: Town, sort: str, order: tuple[int, ...]) -> None:
    agent, made = town.service.agent(), await four(town)
    for place, priority in ((2, "urgent"), (3, "high")):
        headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": '"1"'}
        path = f"/v1/requests/{made[place]['id']}/priority"
        assert (await town.client.post(path, json={"priority": priority}, headers=headers)).status_code == 201
    expected = [made[place]["id"] for place in order]
    assert await ids(town, agent, f"sort={sort}") == expected
    turned = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    assert await ids(town, agent, f"sort={turned}") == expected[::-1]
    # Found by their words first, they are put into the same order; and the way back leads where one came from.
    assert await ids(town, agent, f"sort={sort}&q=cartons") == expected
    second = await town.get(agent, (await town.get(agent, f"/v1/work-queue?limit=2&sort={sort}")).links["next"]["url"])
    back = (await town.get(agent, second.links["prev"]["url"])).json()
    assert [item["id"] for item in back["items"]] == expected[:2]


async def test_what_is_late_is_found_until_it_has_ended(town: Town) -> None:
    agent, made = town.service.agent(), await four(town)
    first, second, never, late = [request["id"] for request in made]
    day = f"{NOW + timedelta(days=1, hours=1):%Y-%m-%dT%H:%M:%SZ}"
    assert await ids(town, agent, "overdue=true") == [late]
    assert await ids(town, agent, f"due_before={day}&sort=due_at") == [late, second]
    assert await ids(town, agent, f"due_after={day}") == [first]
    fortnight = f"{NOW + timedelta(days=14):%Y-%m-%dT%H:%M:%SZ}"
    assert await ids(town, agent, f"legal_end_before={fortnight}") == [late]
    assert await ids(town, agent, f"legal_end_after={fortnight}&sort=legal_end_at") == [never, second]
    taken = await town.act(agent, made[3], "take", '"1"')
    await town.act(agent, made[3], "resolve", taken.headers["etag"])
    assert await ids(town, agent, "overdue=true") == []
    assert await ids(town, agent, "ended=true") == [late]
    assert await ids(town, agent, "ended=false&sort=due_at") == [second, first, never]
    assert await ids(town, agent, "ended=false&q=cartons&sort=due_at") == [second, first, never]
    counts = (await town.get(agent, "/v1/work-queue?ended=false&count=exact")).json()["counts"]
    assert (counts["total"], [each["code"] for each in counts["by_status"]]) == (3, ["submitted"])
    assert (await town.get(agent, "/v1/work-queue?overdue=true&count=exact")).json()["counts"]["total"] == 0


async def test_a_code_that_names_an_end_in_one_version_only_is_judged_by_the_version(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    ends = {"code": "taken", "name": {"fr": "Pris", "en": "Taken"}, "final": True}
    starts = {"code": "submitted", "name": {"fr": "Déposée", "en": "Submitted"}}
    take = {"code": "take", "name": {"fr": "Prendre", "en": "Take"}, "from": ["submitted"], "to": "taken"}
    workflow = {"initial": "submitted", "states": [starts, ends], "transitions": [take | {"roles": ["agent"]}]}
    await town.publish("short-way", workflow=workflow)
    over = (await town.submit(citizen, request_type="short-way", answers={}, position=None)).json()
    goes_on = (await town.submit(citizen)).json()
    for request in (over, goes_on):
        assert (await town.act(agent, request, "take", '"1"')).status_code == 201
    assert await ids(town, agent, "ended=true") == [over["id"]]
    assert await ids(town, agent, "ended=false") == [goes_on["id"]]


async def test_a_part_of_the_map_is_found(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    hall = (await town.submit(citizen)).json()["id"]
    gate = (await town.submit(citizen, position={"type": "Point", "coordinates": [2.3601, 48.8571]})).json()["id"]
    await town.publish("no-place")
    await town.submit(citizen, request_type="no-place", answers={}, position=None)
    assert await ids(town, agent, "bbox=2.352,48.856,2.353,48.857") == [hall]
    assert await ids(town, agent, "bbox=2,48,3,49&sort=created_at") == [hall, gate]
    assert await ids(town, agent, "bbox=2.37,48.85,2.38,48.86") == []
    counts = (await town.get(agent, "/v1/work-queue?bbox=2.352,48.856,2.353,48.857&count=exact")).json()["counts"]
    assert counts["total"] == 1


async def test_what_persons_add_is_unread_until_an_agent_opens_it_or_acts(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    first, second = [(await town.submit(citizen)).json() for _ in range(2)]
    assert await ids(town, agent, "unread=true") == []
    for request in (first, second):
        assert (await town.write(citizen, request, "public", "Il y en a encore plus.")).status_code == 201
    assert await ids(town, agent, "unread=true&sort=created_at") == [first["id"], second["id"]]
    shown = (await town.get(agent, "/v1/work-queue")).json()["items"]
    assert [item["unread"] for item in shown] == [True, True]
    # Its author reads it themselves, an agent of another town may not, an agent of this one does.
    await town.get(citizen, f"/v1/requests/{first['id']}")
    await town.get(town.service.agent("lutece"), f"/v1/requests/{first['id']}")
    assert len(await ids(town, agent, "unread=true")) == 2
    opened = await town.get(agent, f"/v1/requests/{first['id']}")
    assert opened.json()["version"] == 2
    assert await ids(town, agent, "unread=true") == [second["id"]]
    assert (await town.write(agent, second, "public", "Nous venons.")).status_code == 201
    assert await ids(town, agent, "unread=true") == []


async def test_a_view_keeps_them(town: Town) -> None:
    agent, made = town.service.agent(), await four(town)
    filters = {"overdue": True, "ended": False, "sort": "-priority", "bbox": "2,48,3,49"}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    body = {"name": "En retard", "filters": filters}
    saved = (await town.client.post("/v1/saved-views", json=body, headers=headers)).json()
    assert saved["filters"] | filters == saved["filters"]
    assert await ids(town, agent, f"view={saved['id']}") == [made[3]["id"]]


@pytest.mark.parametrize(
    "query", ["overdue=yes", "unread=1", "ended=", "bbox=3,48,2,49", "bbox=2,48,3", "due_before=soon", "sort=due"]
)
async def test_what_is_no_filter_is_refused_by_name(town: Town, query: str) -> None:
    answer = await town.get(town.service.agent(), f"/v1/work-queue?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/query/{query.partition('=')[0]}"]
