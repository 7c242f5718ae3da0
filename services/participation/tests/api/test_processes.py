# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from assembly_town import published as published_assembly
from budget_town import BudgetTown
from comment_town import Thread
from merged_accounts import hear, merged
from participation_town import Town
from petition_town import admitted, sign
from poll_town import PollTown
from process_town import LIST, TEXT, follow, join, phase, post, process_body, published, tell
from proposal_town import propose, support, verified
from survey_town import answer, open_survey

from parvis_participation.service.follow_process import keep_processes


async def look(town: Town, later: timedelta = timedelta(0)) -> list[tuple[str, dict[str, Any]]]:
    """What the worker does, that much later; what has been told so far."""
    database = town.service.runtime.database
    await keep_processes(database, datetime.now(UTC) + later)
    rows = await database.pool.fetch(
        # Identifiers of one millisecond have no order; the phases of a process have.
        "SELECT type, data FROM outbox WHERE type LIKE '%.process-%' ORDER BY occurred_at, sequence, id"
    )
    return [(row["type"].split(".")[3], json.loads(row["data"])) for row in rows]


async def test_the_phases_of_a_process_hold_for_what_belongs_to_it(town: Town) -> None:
    process = await published(town, phase("listen", -1, "answer-survey"), phase("ask", 1, "sign-petition", "comment"))
    survey, petition, consultation = await open_survey(town), await admitted(town), await town.opened()
    for kind, part in (("survey", survey), ("petition", petition), ("consultation", consultation)):
        assert (await join(town, process, kind, part)).status_code == 201
    shown = (await town.client.get(f"{LIST}/{process['id']}")).json()
    assert (shown["present_phase"], len(shown["parts"])) == ("listen", 3)
    assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200
    thread = Thread(town.service, "consultation", consultation)
    for refused in (
        await town.answer(town.service.citizen(), consultation),
        await thread.write(town.service.citizen()),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "not-in-this-phase")
    # No plan of the town's stops the signing of what it has admitted, just below a threshold perhaps.
    assert (await sign(town, verified(town), petition)).status_code == 200
    agent = town.service.agent()
    body = process_body(phase("listen", -2), phase("ask", -1, "sign-petition", "comment"))
    headers = agent.headers | {"If-Match": f'"{process["version"]}"'}
    changed = await town.client.put(f"/v1/processes/{process['id']}", json=body, headers=headers)
    assert changed.status_code == 200
    assert (await sign(town, verified(town), petition)).status_code == 200
    assert (await thread.write(town.service.citizen())).status_code == 201
    assert (await answer(town, town.service.citizen(), survey, way="bus")).json()["code"] == "not-in-this-phase"
    path = f"/v1/processes/{process['id']}/parts/{survey['id']}/removals"
    assert (await town.client.post(path, headers=agent.headers)).status_code == 204
    assert (await town.client.post(path, headers=agent.headers)).status_code == 404
    assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200


async def test_a_draft_is_nobodys_and_holds_for_nothing(town: Town) -> None:
    agent, survey = town.service.agent(), await open_survey(town)
    made = (await post(town, agent, "", process_body(phase("none", -1)))).json()
    assert (await join(town, made, "survey", survey)).status_code == 201
    assert (await answer(town, town.service.citizen(), survey, way="bus")).status_code == 200
    assert (await town.client.get(f"{LIST}/{made['id']}")).status_code == 404
    assert (await town.client.get(LIST)).json()["items"] == []
    assert (await follow(town, town.service.citizen(), made)).status_code == 404
    assert (await tell(town, made)).status_code == 404
    other = await published(town)
    taken = await join(town, other, "survey", survey)
    assert (taken.status_code, taken.json()["code"]) == (409, "conflict")
    elsewhere = town.service.agent("lutece")
    part = {"kind": "survey", "id": survey["id"]}
    assert (await post(town, elsewhere, f"/{made['id']}/parts", part)).status_code == 404
    theirs = (await post(town, elsewhere, "", process_body())).json()
    assert (await post(town, elsewhere, f"/{theirs['id']}/parts", part)).status_code == 404
    assert (await post(town, town.service.citizen(), "", process_body())).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"phases": [phase("one", 2), phase("two", 1)]},
        {"phases": [phase("one", 1), phase("one", 2)]},
        {"phases": []},
        {"ends_at": "2020-01-01T00:00:00Z"},
        {"links": [{"label": TEXT, "url": "javascript:alert(1)"}]},
    ],
)
async def test_phases_follow_one_another_and_links_lead_somewhere(town: Town, changes: dict[str, Any]) -> None:
    assert (await post(town, town.service.agent(), "", process_body(**changes))).status_code == 422


async def test_each_phase_is_told_once_as_it_begins(town: Town) -> None:
    process = await published(town, phase("one", -2), phase("two", -1), phase("three", 1))
    for _ in range(2):
        told = await look(town)
    assert [(name, data.get("phase")) for name, data in told] == [
        ("process-published", None),
        ("process-phase-begun", "one"),
        ("process-phase-begun", "two"),
    ]
    assert (await look(town, timedelta(hours=2)))[-1][1]["phase"] == "three"
    assert {data["process_id"] for _, data in told} == {process["id"]}


async def test_each_phase_is_told_once_though_others_come_before_it_or_go(town: Town) -> None:
    first, later = phase("first", -2), phase("later", 2)
    process = await published(town, first, later)
    await look(town)
    agent = town.service.agent()

    async def change(*phases: dict[str, Any], version: int) -> None:
        headers = agent.headers | {"If-Match": f'"{version}"'}
        changed = await town.client.put(f"/v1/processes/{process['id']}", json=process_body(*phases), headers=headers)
        assert changed.status_code == 200, changed.text

    await change(phase("before", -3), first, later, version=3)
    assert [data["phase"] for name, data in (await look(town))[1:]] == ["first", "before"]
    await change(phase("between", -1), later, version=5)
    told = await look(town, timedelta(hours=3))
    assert [data["phase"] for name, data in told[1:]] == ["first", "before", "between", "later"]


async def test_an_hour_that_is_no_phases_tells_none_early_and_stops_nothing(town: Town) -> None:
    told, early, due = [await published(town, phase("now", -1), *more) for more in ([], [phase("soon", 1)], [])]
    await look(town)
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE process SET next_at = now() - interval '1 hour' WHERE id <> $1", due["id"])
    await pool.execute("UPDATE process SET told_codes = '{}', next_at = now() WHERE id = $1", due["id"])
    phases = [(data["process_id"], data["phase"]) for name, data in await look(town) if name == "process-phase-begun"]
    assert phases[3:] == [(due["id"], "now")]
    assert {each[1] for each in phases} == {"now"}
    phases = [
        data["process_id"] for name, data in await look(town, timedelta(hours=2)) if name == "process-phase-begun"
    ]
    assert (phases[4:], told["id"] in phases) == ([early["id"]], True)


async def test_who_follows_is_told_once_of_each_news_and_no_more_afterwards(town: Town) -> None:
    process, ada, bob = await published(town), town.service.citizen(), town.service.citizen()
    for _ in range(2):
        assert (await follow(town, ada, process)).json()["following"]
    await follow(town, bob, process)
    first = (await tell(town, process)).json()
    for _ in range(2):
        told = [data for name, data in await look(town) if name == "process-news-told"]
    assert sorted(each["follower"] for each in told) == sorted([ada.subject, bob.subject])
    assert {each["news_id"] for each in told} == {first["id"]}
    await follow(town, bob, process, "DELETE")
    assert (await follow(town, bob, process, "GET")).json()["following"] is False
    await tell(town, process)
    told = [data for name, data in await look(town) if name == "process-news-told"]
    assert [each["follower"] for each in told[2:]] == [ada.subject]
    news = (await town.client.get(f"{LIST}/{process['id']}/news")).json()["items"]
    assert [each["title"] for each in news] == ["Texte", "Texte"]


async def test_who_turns_out_to_have_two_accounts_is_told_once(town: Town) -> None:
    process, absorbed, kept = await published(town), town.service.citizen(), town.service.citizen()
    for account in (absorbed, kept):
        await follow(town, account, process)
    await hear(town.service, merged(absorbed, kept))
    await tell(town, process)
    told = [data["follower"] for name, data in await look(town) if name == "process-news-told"]
    assert told == [kept.subject]


async def test_what_keeps_its_own_times_belongs_to_a_process_and_to_no_other_towns(
    town: Town, polling: PollTown, budgeting: BudgetTown
) -> None:
    process = await published(town, phase("listen", -1, "answer-survey"))
    author = town.service.citizen()
    proposal = (await propose(town, author)).json()
    made = {
        "poll": (await polling.create(town.service.agent())).json(),
        "budget": (await budgeting.create(town.service.agent())).json(),
        "proposal": proposal,
        "assembly": {"id": (await published_assembly(town)).id},
    }
    theirs = (await post(town, town.service.agent("lutece"), "", process_body(phase("listen", -1)))).json()
    for kind, part in made.items():
        body = {"kind": kind, "id": part["id"]}
        assert (await post(town, town.service.agent("lutece"), f"/{theirs['id']}/parts", body)).status_code == 404
        wrong = await join(town, process, "survey", part)
        assert (wrong.status_code, kind) == (404, kind)
        assert (await join(town, process, kind, part)).status_code == 201, kind
    shown = (await town.client.get(f"{LIST}/{process['id']}")).json()["parts"]
    assert {each["kind"]: each["id"] for each in shown} == {kind: part["id"] for kind, part in made.items()}
    assert (await support(town, verified(town), proposal)).status_code == 200, "the phase names no supports"
