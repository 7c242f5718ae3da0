# SPDX-License-Identifier: EUPL-1.2
from typing import Any
from uuid import uuid4

import pytest
from requests_town import Town

from parvis_testing import Caller


async def queue(town: Town, caller: Caller, query: str = "") -> dict[str, Any]:
    answer = await town.get(caller, f"/v1/work-queue?{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def found(town: Town, caller: Caller, query: str) -> list[str]:
    return [item["id"] for item in (await queue(town, caller, query))["items"]]


async def test_one_call_gives_what_the_screen_shows(town: Town) -> None:
    agent = town.service.agent()
    made = (await town.submit(town.service.citizen(), address="4 rue de Rivoli")).json()
    await town.act(agent, made, "take", '"1"')
    (item,) = (await queue(town, agent))["items"]
    assert item["request_type"] == {"code": "cartons", "label": "Cartons"}
    assert item["status"] == {"code": "taken", "label": "Prise en charge"}
    assert item["area"]["label"] == "Saint-Merri"
    assert (item["assignee"], item["attachments"], item["version"]) == (agent.subject, 0, 2)
    assert "answers" not in item


async def test_the_queue_is_for_agents_of_the_town(town: Town) -> None:
    citizen = town.service.citizen()
    await town.submit(citizen)
    for path in ("/v1/work-queue", "/v1/saved-views"):
        answer = await town.get(citizen, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await queue(town, town.service.agent("lutece"), "count=exact"))["counts"]["total"] == 0


async def test_words_are_found_in_french_without_accents_and_in_any_number(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    lamps = (await town.submit(citizen, description="Deux lampadaires éteints", address="Place de l'Étoile")).json()
    bench = (await town.submit(citizen, description="Banc cassé, lampadaire allumé en plein jour")).json()
    assert await found(town, agent, "q=lampadaire") == [bench["id"], lamps["id"]]
    assert await found(town, agent, "q=ETEINT") == [lamps["id"]]
    assert await found(town, agent, "q=place+etoile") == [lamps["id"]]
    assert await found(town, agent, "q=lampadaire+-banc") == [lamps["id"]]
    assert await found(town, agent, f"q={bench['reference'].lower()}") == [bench["id"]]
    assert await found(town, agent, "q=hippopotame") == []


async def test_closed_answers_are_found_though_they_are_sealed(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    three = (await town.submit(citizen, answers={"blocks_pavement": True, "quantity": 3})).json()["id"]
    two = (await town.submit(citizen, answers={"blocks_pavement": False, "quantity": 2})).json()["id"]
    bike = await town.submit(citizen, request_type="epave-de-velo", answers={"blocks": "pavement"})
    assert await found(town, agent, "answer=blocks_pavement:true") == [three]
    assert await found(town, agent, "answer=quantity:2&answer=blocks_pavement:false") == [two]
    assert await found(town, agent, "answer=quantity:2&answer=blocks_pavement:true") == []
    assert await found(town, agent, "answer=blocks:pavement") == [bike.json()["id"]]
    stored = await town.service.runtime.database.pool.fetchval("SELECT facets::text FROM request LIMIT 1")
    assert "pavement" not in stored


async def test_filters_hold_together_and_the_numbers_are_exact(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    first, second, third = [(await town.submit(citizen)).json() for _ in range(3)]
    bike = (await town.submit(citizen, request_type="epave-de-velo", answers={"blocks": "pavement"})).json()
    await town.act(agent, first, "take", '"1"')
    await town.act(town.service.agent(), second, "take", '"1"')
    assert await found(town, agent, "assignee=me") == [first["id"]]
    assert await found(town, agent, f"assignee={agent.subject}&status=taken") == [first["id"]]
    assert await found(town, agent, "assignee=none&request_type=cartons") == [third["id"]]
    assert await found(town, agent, "area=7510401&status=submitted&status=taken&sort=created_at") == [
        first["id"], second["id"], third["id"], bike["id"],
    ]  # fmt: skip
    assert await found(town, agent, "created_after=2100-01-01T00:00:00Z") == []
    assert await found(town, agent, "updated_before=2100-01-01T00:00:00Z&sort=-updated_at&limit=2") == [
        second["id"], first["id"],
    ]  # fmt: skip
    counts = (await queue(town, agent, "count=exact&request_type=cartons"))["counts"]
    assert counts["total"] == 3
    assert {s["code"]: s["count"] for s in counts["by_status"]} == {"submitted": 1, "taken": 2}
    assert {s["label"] for s in counts["by_status"]} == {"Déposée", "Prise en charge"}
    assert {t["code"]: t["count"] for t in counts["by_team"]} == {"proprete-rive-droite": 3}
    searched = (await queue(town, agent, "count=exact&q=cartons&status=taken"))["counts"]
    assert (searched["total"], [s["code"] for s in searched["by_status"]]) == (2, ["taken"])
    assert (await queue(town, agent))["counts"] is None


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "updated_at", "-updated_at"])
async def test_pages_follow_one_another_in_each_order_both_ways(town: Town, sort: str) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    made = [(await town.submit(citizen)).json() for _ in range(5)]
    for request in (made[3], made[0]):
        await town.act(agent, request, "take", '"1"')
    changed = [made[i]["id"] for i in (1, 2, 4, 3, 0)]
    expected = changed if "updated" in sort else [request["id"] for request in made]
    expected = expected[::-1] if sort.startswith("-") else expected
    path, seen, last = f"/v1/work-queue?sort={sort}&limit=2", [], None
    while path:
        last = await town.get(agent, path)
        seen += [item["id"] for item in last.json()["items"]]
        path = last.links.get("next", {}).get("url", "")
    assert seen == expected
    assert last is not None
    back = await town.get(agent, last.links["prev"]["url"])
    assert [item["id"] for item in back.json()["items"]] == expected[2:4]
    other = await town.get(agent, f"/v1/work-queue?sort={sort}&limit=2&q=x&cursor={last.json()['prev_cursor']}")
    assert other.json()["code"] == "invalid-cursor"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("sort=description", "#/query/sort"),
        ("assignee=somebody", "#/query/assignee"),
        ("answer=quantity", "#/query/answer/0"),
        ("surprise=1", "#/query/surprise"),
        ("q=", "#/query/q"),
        ("created_after=yesterday", "#/query/created_after"),
        ("limit=101", "#/query/limit"),
        ("status=" + "&status=".join(str(n) for n in range(21)), "#/query/status"),
    ],
)
async def test_a_parameter_that_is_none_is_refused_by_name(town: Town, query: str, pointer: str) -> None:
    answer = await town.get(town.service.agent(), f"/v1/work-queue?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def save(town: Town, caller: Caller, name: str = "À prendre", *, shared: bool = False, **filters: Any) -> Any:
    body = {"name": name, "shared": shared, "filters": filters}
    headers = caller.headers | {"Idempotency-Key": town.key()}
    return await town.client.post("/v1/saved-views", json=body, headers=headers)


async def test_a_saved_view_is_used_changed_and_dropped_by_who_made_it(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    made = [(await town.submit(citizen)).json() for _ in range(2)]
    await town.act(agent, made[0], "take", '"1"')
    saved = await save(town, agent, assignee="me", sort="created_at")
    assert saved.status_code == 201
    path, tag = saved.headers["location"], saved.headers["etag"]
    assert await found(town, agent, f"view={saved.json()['id']}") == [made[0]["id"]]
    assert await found(town, agent, f"view={saved.json()['id']}&assignee=none") == [made[1]["id"]]
    read = await town.get(agent, path)
    assert read.json() == saved.json()
    assert (await town.get(agent, path, **{"If-None-Match": tag})).status_code == 304
    body = {"name": "Toutes", "filters": {}}
    assert (await town.client.put(path, json=body, headers=agent.headers)).status_code == 428
    changed = await town.client.put(path, json=body, headers=agent.headers | {"If-Match": tag})
    assert (changed.json()["name"], changed.json()["version"]) == ("Toutes", 2)
    stale = await town.client.delete(path, headers=agent.headers | {"If-Match": tag})
    assert stale.status_code == 412
    dropped = await town.client.delete(path, headers=agent.headers | {"If-Match": changed.headers["etag"]})
    assert dropped.status_code == 204
    assert (await town.get(agent, path)).status_code == 404


async def test_others_see_shared_views_and_change_none(town: Town) -> None:
    owner, other = town.service.agent(), town.service.agent()
    private = (await save(town, owner, "La mienne")).json()
    shared = (await save(town, owner, "La nôtre", shared=True, status=["submitted"])).json()
    assert [v["name"] for v in (await town.get(owner, "/v1/saved-views")).json()["items"]] == ["La nôtre", "La mienne"]
    (seen,) = (await town.get(other, "/v1/saved-views")).json()["items"]
    assert (seen["name"], seen["own"], seen["filters"]["status"]) == ("La nôtre", False, ["submitted"])
    for view, status in ((private, 404), (shared, 403)):
        path, headers = f"/v1/saved-views/{view['id']}", other.headers | {"If-Match": '"1"'}
        assert (await town.client.delete(path, headers=headers)).status_code == status
    for stranger in (other, town.service.agent("lutece")):
        assert (await town.get(stranger, f"/v1/work-queue?view={private['id']}")).status_code == 404
    assert (await town.get(town.service.agent("lutece"), "/v1/saved-views")).json()["items"] == []
    assert (await town.get(owner, f"/v1/work-queue?view={uuid4()}")).status_code == 404


async def test_a_view_with_a_filter_that_does_not_exist_is_not_kept(town: Town) -> None:
    answer = await save(town, town.service.agent(), colour="red")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/filters/colour")
    assert await town.count("saved_view") == 0
