# SPDX-License-Identifier: EUPL-1.2
"""The queue by groups of types, by who filed, and by what ties requests to others."""

from typing import Any
from uuid import uuid4

import pytest
from requests_town import Town, photo
from transferring import carry_out, publish, transfer
from workflows import state, transition

from parvis_requests.db import queue_relations
from parvis_testing import Caller

WAITING = {
    "initial": "submitted",
    "states": [state("submitted"), state("waiting"), state("granted", final=True)],
    "transitions": [
        transition("ask", ["submitted"], "waiting"),
        transition("complete", ["waiting"], "submitted"),
        transition("grant", ["submitted", "waiting"], "granted", "system"),
    ],
}
PAUSED = {
    "silence": "accepted",
    "months": 2,
    "action": "grant",
    "paused_in": ["waiting"],
    "source": {"fr": "Code, article L1", "en": "Code, article L1"},
}


async def found(town: Town, query: str, agent: Caller | None = None) -> set[str]:
    """What the queue finds, which it counts, too."""
    answer = await town.get(agent or town.service.agent(), f"/v1/work-queue?count=exact&{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["counts"]["total"] == len(body["items"])
    return {item["id"] for item in body["items"]}


async def filed(town: Town, caller: Caller, **changes: Any) -> str:
    answer = await town.submit(caller, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture(params=[queue_relations.MANY, 0], ids=["few", "many"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many are read before all else: however many there are, the same is found."""
    monkeypatch.setattr(queue_relations, "MANY", request.param)
    return int(request.param)


@pytest.mark.usefixtures("many")
async def test_a_group_stands_for_its_types_and_holds_together_with_them(town: Town) -> None:
    citizen, (one, two, other) = town.service.citizen(), [f"group-{uuid4().hex[:8]}" for _ in range(3)]
    for code, group in ((one, "parks"), (two, "parks"), (other, "schools")):
        await town.publish(code, group=group)
    parks = {await filed(town, citizen, request_type=code, answers={}) for code in (one, two)}
    school = await filed(town, citizen, request_type=other, answers={})
    assert await found(town, "group=parks") == parks
    assert await found(town, "group=schools&group=parks&sort=due_at") == {*parks, school}
    assert await found(town, f"group=parks&request_type={one}&request_type={other}") < parks
    for nothing in (f"group=parks&request_type={other}", "group=nowhere", "request_type=nothing"):
        assert await found(town, nothing) == set()
    assert await found(town, "group=parks", town.service.agent("lutece")) == set()


@pytest.mark.usefixtures("many")
async def test_areas_and_ways_are_found_together_and_what_lies_nowhere_too(town: Town) -> None:
    citizen, agent, code = town.service.citizen(), town.service.agent(), f"way-{uuid4().hex[:8]}"
    await town.publish(code, channels=["online", "social"], audience={"agent": True})
    body = {"request_type": code, "description": "Vu en ligne", "channel": "social", "contact": {"first_name": "Odile"}}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    brought = await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)
    assert brought.status_code == 201, brought.text
    nowhere = await filed(town, citizen, request_type=code, answers={}, position=None)
    here = await filed(town, citizen)
    assert await found(town, "area=none") == {brought.json()["id"], nowhere}
    assert await found(town, "area=none&area=7510401") == {brought.json()["id"], nowhere, here}
    assert await found(town, "area=7510401&sort=due_at") == {here}
    assert await found(town, "channel=social") == {brought.json()["id"]}
    assert await found(town, "channel=social&area=7510401") == set()
    assert await found(town, "channel=social&channel=online&area=none") == {brought.json()["id"], nowhere}


@pytest.mark.usefixtures("many")
async def test_what_has_files_is_told_from_what_has_none_however_they_came(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    sent, said, _never_joined = [(await town.upload(citizen, photo())).json()["id"] for _ in range(3)]
    with_photo, bare = await filed(town, citizen, attachments=[sent]), await filed(town, citizen)
    written = await filed(town, citizen)
    body = {"visibility": "public", "text": "Le voici.", "attachments": [said]}
    headers = citizen.headers | {"Idempotency-Key": town.key()}
    answer = await town.client.post(f"/v1/requests/{written}/messages", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert await found(town, "files=true") == {with_photo, written}
    assert await found(town, "files=false") == {bare}
    assert await found(town, "files=true&request_type=cartons&merged=none&sort=due_at") == {with_photo, written}
    assert await found(town, "files=true", town.service.agent("lutece")) == set()
    headers = agent.headers | {"Idempotency-Key": town.key()}
    view = await town.client.post(
        "/v1/saved-views", json={"name": "Sans pièce", "filters": {"files": False}}, headers=headers
    )
    assert (view.status_code, view.json()["filters"]["files"]) == (201, False)
    assert await found(town, f"view={view.json()['id']}", agent) == {bare}
    assert await found(town, f"view={view.json()['id']}&files=true", agent) == {with_photo, written}


@pytest.mark.usefixtures("many")
async def test_what_waits_while_its_legal_period_stands_still_is_found(town: Town) -> None:
    citizen, agent, code = town.service.citizen(), town.service.agent(), f"paused-{uuid4().hex[:8]}"
    await town.publish(code, workflow=WAITING, legal=PAUSED)
    stopped, running = [await filed(town, citizen, request_type=code, answers={}, position=None) for _ in range(2)]
    other = await filed(town, citizen)
    asked = await town.act(agent, {"id": stopped}, "ask", '"1"')
    assert (asked.status_code, asked.json()["legal"]["paused"]) == (201, True)
    assert await found(town, "paused=true") == {stopped}
    assert await found(town, f"paused=true&request_type={code}&sort=-priority") == {stopped}
    assert await found(town, "paused=true&files=true") == set()
    assert await found(town, "paused=false") == {running, other}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    view = await town.client.post(
        "/v1/saved-views", json={"name": "En attente", "filters": {"paused": True}}, headers=headers
    )
    assert (view.status_code, view.json()["filters"]["paused"]) == (201, True)
    assert await found(town, f"view={view.json()['id']}", agent) == {stopped}
    assert (await town.act(agent, {"id": stopped}, "complete", '"2"')).status_code == 201
    assert await found(town, "paused=true") == set()


async def test_what_one_person_has_filed_is_found_by_their_account_or_by_one_of_it(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    mine = [await filed(town, citizen) for _ in range(2)]
    other = await filed(town, town.service.citizen())
    assert await found(town, f"author={citizen.subject}", agent) == set(mine)
    assert await found(town, f"author_of={mine[0]}", agent) == set(mine)
    assert await found(town, f"author_of={other}", agent) == {other}
    assert await found(town, f"author_of={uuid4()}", agent) == set()
    assert await found(town, f"author_of={other}&author={citizen.subject}", agent) == set()
    assert await found(town, f"author_of={mine[0]}", town.service.agent("lutece")) == set()


async def test_children_parents_and_what_stands_alone_are_told_apart(town: Town, many: int) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    parent, child, alone = [await filed(town, citizen) for _ in range(3)]
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": '"1"'}
    path, body = f"/v1/requests/{child}/merge", {"parent": parent}
    assert (await town.client.post(path, json=body, headers=headers)).status_code == 201
    assert await found(town, "merged=child") == {child}
    assert await found(town, "merged=parent") == {parent}
    assert await found(town, "merged=none&request_type=cartons") == {alone}
    assert await found(town, "merged=none&merged=parent&sort=-priority") == {alone, parent}
    if many:  # else each request with that word is tried: its index says how many there are, the planner does not
        assert await found(town, "merged=child&q=cartons") == {child}
    saved = {"name": "Doublons", "filters": {"merged": ["child"]}}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    view = (await town.client.post("/v1/saved-views", json=saved, headers=headers)).json()
    assert view["filters"]["merged"] == ["child"]
    assert await found(town, f"view={view['id']}", agent) == {child}
    assert await found(town, f"view={view['id']}&merged=parent", agent) == {parent}


@pytest.mark.usefixtures("many")
async def test_what_goes_to_another_body_is_found_by_how_far_it_is(town: Town) -> None:
    citizen, pool = town.service.citizen(), town.service.runtime.database.pool
    there, stuck, own = [await filed(town, citizen) for _ in range(3)]
    body = await pool.fetchval(
        "INSERT INTO open311_body (id, collectivity, name, endpoint, format, has_updates, idempotent, version,"
        " created_at, updated_at, polled_until, poll_next_at) VALUES (gen_random_uuid(), 'paris', '{}',"
        " 'https://body.example/', 'json', false, false, 1, now(), now(), now(), now()) RETURNING id"
    )
    for request, how in ((there, "followed"), (stuck, "failed")):
        await pool.execute(
            "INSERT INTO forwarding (request_id, collectivity, body_id, state, tries, look_ups, next_at, version,"
            " created_at, updated_at) VALUES ($1, 'paris', $2, $3, 0, 0, now(), 1, now(), now())",
            request, body, how,
        )  # fmt: skip
    assert await found(town, "forwarded=failed") == {stuck}
    assert await found(town, "forwarded=followed&forwarded=failed&sort=updated_at") == {there, stuck}
    assert await found(town, "forwarded=ended") == set()
    assert own in await found(town, "")


@pytest.mark.usefixtures("many")
async def test_what_goes_to_another_administration_is_found_there_and_here(town: Town) -> None:
    citizen, code = town.service.citizen(), f"sent-on-{uuid4().hex[:8]}"
    for collectivity in ("paris", "lutece"):
        await publish(town, collectivity, code)
    going, staying = [await filed(town, citizen, request_type=code, answers={}) for _ in range(2)]
    sent = await transfer(town, {"id": going}, collectivity="lutece", request_type=code)
    assert sent.status_code == 201, sent.text
    assert await found(town, "transferred=leaving") == {going}
    assert await carry_out(town) == 1
    assert await found(town, "transferred=gone&transferred=leaving") == {going}
    assert await found(town, "transferred=leaving&transferred=failed") == set()
    colleague = town.service.agent("lutece")
    (came,) = await found(town, "transferred=received", colleague)
    assert came not in {going, staying}
    assert await found(town, "transferred=gone", colleague) == set()


async def test_what_no_filter_can_be_is_refused_by_name(town: Town) -> None:
    for query, pointer in (
        ("merged=twin", "#/query/merged/0"),
        ("forwarded=lost", "#/query/forwarded/0"),
        ("transferred=never", "#/query/transferred/0"),
        ("author=me", "#/query/author"),
        ("files=some", "#/query/files"),
        ("paused=1", "#/query/paused"),
    ):
        answer = await town.get(town.service.agent(), f"/v1/work-queue?{query}")
        assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, [pointer])
