# SPDX-License-Identifier: EUPL-1.2
"""Agents filter by declared answers: ranges of numbers and days, texts and their beginning; in bulk, too."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bulk_calls import outcomes, work
from requests_town import Town

from parvis_requests.db.blobs import FileBlobs
from parvis_requests.service.purge_closed import purge_closed
from parvis_testing import Caller

CODE = "market-stall"
FORM = {
    "schema": {
        "type": "object",
        "properties": {
            "metres": {"type": "number"},
            "wished_on": {"type": "string", "format": "date"},
            "plate": {"type": "string", "maxLength": 20},
            "born_on": {"type": "string", "format": "date"},
            "crates": {"type": "array", "items": {"type": "object", "properties": {"kilos": {"type": "integer"}}}},
        },
        "additionalProperties": False,
    },
    "filters": {
        "metres": {"kind": "number", "personal": False},
        "wished_on": {"kind": "date", "personal": False},
        "plate": {"kind": "text", "personal": False},
        "born_on": {"kind": "date", "personal": True},
        "crates.kilos": {"kind": "number", "personal": False},
    },
}
ANSWERS: list[dict[str, Any]] = [
    {"metres": 2.5, "wished_on": "2026-05-04", "plate": "ÉB-123-ZZ", "born_on": "1990-01-01"},
    {"metres": 4, "wished_on": "2026-06-01", "plate": "eb-9", "crates": [{"kilos": 10}, {"kilos": 40}]},
    {"metres": 12, "wished_on": "2027-01-01", "plate": "XX-1"},
]


@pytest.fixture
async def stalls(town: Town) -> list[dict[str, Any]]:
    await town.publish(CODE, form=FORM)
    citizen = town.service.citizen()
    return [(await town.submit(citizen, request_type=CODE, answers=answers)).json() for answers in ANSWERS]


async def found(town: Town, caller: Caller, query: str, stalls: list[dict[str, Any]]) -> list[int]:
    answer = await town.get(caller, f"/v1/work-queue?{query}&sort=created_at&count=exact")
    assert answer.status_code == 200, answer.text
    items = [item["id"] for item in answer.json()["items"]]
    assert answer.json()["counts"]["total"] == len(items)
    return [place for place, stall in enumerate(stalls) if stall["id"] in items]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("answer_from=metres:2.5&answer_to=metres:4", [0, 1]),
        ("answer_from=metres:2.51", [1, 2]),
        ("answer_to=metres:-1", []),
        ("answer_from=wished_on:2026-06-01", [1, 2]),
        ("answer_from=wished_on:2026-05-01&answer_to=wished_on:2026-06-01&answer_from=metres:3", [1]),
        ("answer_from=wished_on:3", []),
        ("answer_starts=plate:Eb-", [0, 1]),
        ("answer_starts=plate:eb-1", [0]),
        ("answer=plate:eb-123-zz", [0]),
        ("answer=plate:eb-123", []),
        ("answer=metres:4.0&answer_starts=plate:e", [1]),
        ("answer_from=crates.kilos:30", [1]),
        ("answer_from=crates.kilos:41", []),
        ("answer=born_on:1990-01-01", [0]),
        ("answer_from=born_on:1900-01-01", []),
        ("answer_from=metres:3&q=cartons&team=nobody", []),
    ],
)
async def test_requests_are_found_by_what_their_form_declares(
    town: Town, stalls: list[dict[str, Any]], query: str, places: list[int]
) -> None:
    assert await found(town, town.service.agent(), query, stalls) == places
    assert await found(town, town.service.agent("lutece"), query, stalls) == []


async def test_pages_of_a_range_follow_one_another(town: Town, stalls: list[dict[str, Any]]) -> None:
    agent, pages, path = town.service.agent(), [], "/v1/work-queue?answer_from=metres:0&limit=2&sort=-created_at"
    while path:
        page = await town.get(agent, path)
        pages.append([item["id"] for item in page.json()["items"]])
        path = page.links.get("next", {}).get("url", "")
    assert pages == [[stalls[2]["id"], stalls[1]["id"]], [stalls[0]["id"]]]


@pytest.mark.usefixtures("stalls")
async def test_nothing_that_tells_of_a_person_is_kept_in_clear(town: Town) -> None:
    rows = await town.service.runtime.database.pool.fetch("SELECT question, number, day, words FROM answer_key")
    assert {row["question"] for row in rows} == {"metres", "wished_on", "plate", "crates.kilos"}
    assert "1990" not in str(rows)
    offered = await town.offered(CODE)
    assert offered is not None
    assert offered["filters"]["born_on"] == {"kind": "date", "personal": True}


async def test_keys_go_with_their_request(town: Town, stalls: list[dict[str, Any]]) -> None:
    runtime = town.service.runtime
    await runtime.database.pool.execute(
        "INSERT INTO retention (request_id, collectivity, ended_at, due_at)"
        " SELECT id, collectivity, now() - interval '2 days', now() - interval '1 day' FROM request"
    )
    assert await town.count("answer_key") > 0
    blobs = FileBlobs(runtime.settings.attachments_directory)
    assert await purge_closed(runtime.database, runtime.persons, blobs, datetime.now(UTC)) == len(stalls)
    assert await town.count("answer_key") == 0


async def test_a_saved_view_keeps_ranges_and_a_query_replaces_them(town: Town, stalls: list[dict[str, Any]]) -> None:
    agent = town.service.agent()
    body = {"name": "Grands étals", "filters": {"answer_from": ["metres:3"], "answer_starts": ["plate:eb"]}}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    view = (await town.client.post("/v1/saved-views", json=body, headers=headers)).json()["id"]
    assert await found(town, agent, f"view={view}", stalls) == [1]
    assert await found(town, agent, f"view={view}&answer_from=metres:1", stalls) == [0, 1]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("answer_from=metres:much", "#/query/answer_from/0"),
        ("answer_to=wished_on:2026-02-30", "#/query/answer_to/0"),
        ("answer_from=metres", "#/query/answer_from/0"),
        ("answer_starts=plate:%20", "#/query/answer_starts/0"),
        ("answer_to=" + "&answer_to=".join(["metres:1"] * 11), "#/query/answer_to"),
    ],
)
async def test_a_bound_that_is_none_is_refused_by_name(town: Town, query: str, pointer: str) -> None:
    answer = await town.get(town.service.agent(), f"/v1/work-queue?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def choose(town: Town, agent: Caller, count: int, **more: Any) -> Any:
    filters = {"answer_from": ["metres:3"], "request_type": [CODE]}
    body = {"action": "study", "selection": {"filters": filters, "count": count}, **more}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    return await town.client.post("/v1/bulk-operations", json=body, headers=headers)


async def test_an_act_is_done_to_all_that_filters_find(town: Town, stalls: list[dict[str, Any]]) -> None:
    agent = town.service.agent()
    started = await choose(town, agent, 2)
    assert (started.status_code, started.json()["total"]) == (202, 2)
    assert await work(town) == 2
    assert await outcomes(town, agent, started.headers["location"]) == [("done", None)] * 2
    studied = [(await town.get(agent, f"/v1/requests/{stall['id']}")).json()["status"]["code"] for stall in stalls]
    assert studied == ["submitted", "studied", "studied"]


async def test_what_the_agent_did_not_see_is_not_chosen(town: Town, stalls: list[dict[str, Any]]) -> None:
    agent = town.service.agent()
    for count in (1, 3):
        changed = await choose(town, agent, count)
        assert (changed.status_code, changed.json()["code"]) == (409, "selection-changed")
    assert (await choose(town, town.service.agent("lutece"), 2)).json()["code"] == "selection-changed"
    assert (await choose(town, town.service.citizen(), 2)).status_code == 403
    named = [{"id": stalls[0]["id"], "version": 1}]
    both = await choose(town, agent, 2, requests=named)
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/selection")
    assert (await choose(town, agent, 501)).json()["errors"][0]["pointer"] == "/selection/count"
    assert await town.count("bulk_operation") == 0


@pytest.mark.parametrize(
    ("name", "question", "said", "fault"),
    [
        ("n", {"type": "string", "maxLength": 9}, {"kind": "number", "personal": False}, "kind"),
        ("n", {"type": "string"}, {"kind": "text", "personal": False}, "kind"),
        ("n", {"type": "string", "format": "date-time"}, {"kind": "date", "personal": False}, "kind"),
        ("n", {"type": "string", "maxLength": 9}, {"kind": "text", "personal": True}, "personal"),
        ("n", {"type": "string", "maxLength": 9, "format": "email"}, {"kind": "text", "personal": False}, "personal"),
        ("other", {"type": "number"}, {"kind": "number", "personal": False}, ""),
    ],
)
async def test_a_filter_that_would_show_a_person_or_find_nothing_is_not_published(
    town: Town, name: str, question: dict[str, Any], said: dict[str, Any], fault: str
) -> None:
    schema = {"type": "object", "properties": {"n": question}, "additionalProperties": False}
    draft = await town.draft(
        town.administrator(), f"filtered-{town.key()}", form={"schema": schema, "filters": {name: said}}
    )
    told = [error["pointer"] for error in draft.json()["faults"]]
    assert told == [f"/definition/form/filters/{name}" + (f"/{fault}" if fault else "")]
    refused = await town.offer(town.administrator(), draft.json()["id"])
    assert refused.status_code == 422


NESTED = {"type": "object", "properties": {"n": {"type": "integer"}, "t": {"type": "string", "maxLength": 9}}}


@pytest.mark.parametrize(
    ("name", "question", "widget", "kind"),
    [
        ("asked", {"type": "integer"}, "phone", "number"),
        ("asked", {"type": "array", "items": {"type": "integer"}}, "phone", "number"),
        ("asked.n", NESTED, "address", "number"),
        ("asked.t", NESTED, "address", "text"),
        ("asked.t", {"type": "array", "items": NESTED}, "address", "text"),
    ],
)
async def test_what_reaches_somebody_is_not_kept_in_clear_whatever_its_kind(
    town: Town, name: str, question: dict[str, Any], widget: str, kind: str
) -> None:
    schema = {"type": "object", "properties": {"asked": question}, "additionalProperties": False}
    form = {"schema": schema, "hints": {"asked": {"widget": widget}}}
    told = {}
    for personal in (False, True):
        filters = {name: {"kind": kind, "personal": personal}}
        chief, code = town.administrator(), f"reaching-{town.key()}"
        draft = (await town.draft(chief, code, form={**form, "filters": filters})).json()
        told[personal] = [error["pointer"] for error in draft["faults"]]
        assert (await town.offer(chief, draft["id"])).status_code == (422 if told[personal] else 201)
    refused = [f"/definition/form/filters/{name}/personal"]
    assert told == {False: refused, True: refused if kind == "text" else []}
