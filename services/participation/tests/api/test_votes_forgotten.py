# SPDX-License-Identifier: EUPL-1.2
"""Some time after the end nobody keeps who chose what; numbers, files and proofs are as before."""

import json
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from accountability_town import report, today
from budget_town import BudgetTown
from checked_poll import FILES, Published
from moderation_town import REMOVE, ModerationTown
from participation_town import Town
from poll_town import PollTown, approve, civil_status
from process_town import phase, published
from proposal_town import LIST, propose, support, verified, withdraw
from sqlalchemy import text

from parvis_kit.db.database import Database
from parvis_participation.db import retention
from parvis_participation.domain.retention import Kind
from parvis_participation.service.forget_votes import forget_some, forget_votes
from parvis_participation.service.seals import Seals
from parvis_participation.service.tell_times import tell_times
from parvis_participation.settings import MIGRATIONS

DAYS = {Kind.SUPPORTS: 186, Kind.UNUSED_LIST: 30}
LONG = timedelta(days=400)


async def some(database: Database, kind: Kind, now: datetime) -> bool:
    """One transaction of it, as before a kill."""
    return await forget_some(database, kind, DAYS.get(kind, 0), now, 2, [])


async def forgotten(town: Any) -> list[dict[str, str]]:
    """Of what the town says in public that who chose what is deleted."""
    lines = (await town.client.get("/v1/collectivities/paris/acts/lines")).text.splitlines()
    acts = [json.loads(line) for line in lines]
    return [act["of"] for act in acts if act.get("act") == "votes-forgotten"]


async def test_who_answered_is_forgotten_and_the_counts_stay_even_half_way(town: Town) -> None:
    database, agent = town.service.runtime.database, town.service.agent()
    made = await town.opened(retention_days=100)
    closes = datetime.fromisoformat(made["closes_at"])
    assert datetime.fromisoformat(made["retention_ends_at"]) == closes + timedelta(days=100)
    for option in ("yes", "yes", "no", "yes"):
        assert (await town.answer(town.service.citizen(), made, option)).status_code == 201
    closed = (await town.act(agent, made, "close")).json()
    end = datetime.fromisoformat(closed["retention_ends_at"])
    await tell_times(database, datetime.now(UTC))
    assert await forget_votes(database, DAYS, end - timedelta(minutes=1)) == 0
    while await tell_times(database, datetime.now(UTC)):
        pass
    path = f"/v1/collectivities/paris/consultations/{made['id']}/results"
    before = (await town.client.get(path)).json()
    assert await forget_votes(database, DAYS, end - timedelta(minutes=1)) == 0
    assert await some(database, Kind.ANSWERS, end + timedelta(minutes=1))
    assert (await town.count("answer"), await town.counts(made)) == (2, {"yes": 3, "no": 1})
    assert await forget_votes(database, DAYS, end + timedelta(minutes=1)) == 1
    assert await town.count("answer") == 0
    assert (await town.client.get(path)).json() == before
    assert before["total"] == 4
    assert await forget_votes(database, DAYS, end + LONG) == 0
    lines = (await town.client.get("/v1/collectivities/paris/acts/lines")).text.splitlines()
    last = json.loads(lines[-1])
    told = (last["act"], last["agent"], last["of"], last["details"])
    assert told == ("votes-forgotten", "clock", {"consultation_id": made["id"]}, {"kind": "answers"})


async def test_a_town_keeps_answers_as_long_as_it_says_where_a_consultation_says_nothing(town: Town) -> None:
    made = await town.opened()
    days = town.service.runtime.settings.answer_retention_days
    kept, closes = (datetime.fromisoformat(made[name]) for name in ("retention_ends_at", "closes_at"))
    assert kept == closes + timedelta(days=days)
    for wrong in (61, 3_651, 100.5, "100"):
        assert (await town.create(town.service.agent(), retention_days=wrong)).status_code == 422


async def test_who_voted_is_forgotten_and_the_budget_is_counted_again_from_its_files(budgeting: BudgetTown) -> None:
    database = budgeting.service.runtime.database
    budget = await budgeting.to_vote(("40000", None), ("30000", None), ("20000", "north"), retention_days=90)
    voters = [budgeting.voter() for _ in range(5)]
    for voter, codes in zip(voters, (("1",), ("1", "2"), ("2", "1"), ("3",), ("1",)), strict=True):
        assert (await budgeting.vote(voter, budget, *codes)).status_code == 201
    assert await forget_votes(database, DAYS, budgeting.now + LONG) == 0  # not before the count
    result = await budgeting.counted(budget)
    names = ("record.json", "result.csv", "ballots.pb", "ballots.pb?area=north")
    files = {name: (await budgeting.file(budget, name)).text for name in names}
    kept = datetime.fromisoformat((await budgeting.read(budget))["retention_ends_at"])
    assert kept - timedelta(days=90) >= budgeting.now - timedelta(seconds=1)
    assert await forget_votes(database, DAYS, kept - timedelta(minutes=1)) == 0
    for left in (3, 1):
        assert await some(database, Kind.BUDGET_VOTES, kept + timedelta(minutes=1))
        assert await budgeting.rows("budget_vote") == left
        assert {name: (await budgeting.file(budget, name)).text for name in names} == files
    assert await forget_votes(database, DAYS, kept + timedelta(minutes=1)) == 1
    assert await budgeting.rows("budget_vote") == 0
    assert {name: (await budgeting.file(budget, name)).text for name in names} == files
    assert "num_votes;4" in files["ballots.pb"]
    assert await budgeting.counted(budget) == result
    assert (await budgeting.own(voters[0], budget)).status_code == 404
    assert (await budgeting.vote(voters[0], budget, "1")).status_code == 409


async def test_the_roll_of_a_counted_poll_goes_and_its_proofs_stay(polling: PollTown, tmp_path: Path) -> None:
    database = polling.service.runtime.database
    poll = await polling.open("DUBOIS", retention_days=62, eligibility={"listed": True})
    polling.when("before")
    other = await polling.open(retention_days=3_650)
    for codes in (("park",), ("bench",), ("park", "lamp")):
        assert (await polling.cast(polling.voter(), other, approve(*codes))).status_code == 200
    polling.when("after")
    assert (await polling.count(other)).status_code == 201
    assert await forget_votes(database, DAYS, polling.now + LONG) == 0  # one is kept for long, one is not counted
    assert await polling.rows("poll_entitled") == 1
    await database.pool.execute("UPDATE poll SET retention_days = 62 WHERE id = $1::uuid", other["id"])
    before = {name: (await polling.file(other, name)).text for name in FILES}
    shown = (await polling.client.get(f"/v1/collectivities/paris/polls/{other['id']}")).json()
    end = datetime.fromisoformat(shown["retention_ends_at"])
    assert await forget_votes(database, DAYS, end - timedelta(minutes=1)) == 0
    assert await some(database, Kind.POLL_ROLL, end + timedelta(minutes=1))
    assert await polling.rows("poll_roll") == 1
    assert await forget_votes(database, DAYS, end + timedelta(minutes=1)) == 1
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (0, 3)
    for name in FILES:
        text = (await polling.file(other, name)).text
        assert text == before[name]
        (tmp_path / name).write_text(text, "utf-8")
    seals = Seals(polling.service.runtime.master)
    assert Published(tmp_path, other, seals).check()[0] == 0
    results = (await polling.client.get(f"/v1/collectivities/paris/polls/{other['id']}/results")).json()
    assert results["voters"] == 3
    polling.when("open")
    assert (await polling.cast(polling.voter(), other, approve("park"))).status_code == 409
    assert await forget_votes(database, DAYS, end + LONG) == 0
    assert poll["id"] != other["id"]


async def test_a_list_for_a_poll_that_never_opened_goes(polling: PollTown) -> None:
    database, agent = polling.service.runtime.database, polling.service.agent()
    made = (await polling.create(agent, eligibility={"listed": True})).json()
    assert (await polling.list_people(made, *map(civil_status, ("DUBOIS", "DURAND", "PETIT")))).status_code == 201
    end = datetime.fromisoformat(made["closes_at"]) + timedelta(days=30)
    assert await forget_votes(database, DAYS, end - timedelta(minutes=1), 2) == 0
    assert await forget_votes(database, DAYS, end + timedelta(minutes=1), 2) == 2
    assert await polling.rows("poll_entitled") == 0
    assert await forget_votes(database, DAYS, end + LONG) == 0
    assert await forgotten(polling) == [{"poll_id": made["id"]}]


async def test_what_was_deleted_is_told_once_and_of_what_nobody_chose_nothing(polling: PollTown) -> None:
    database, agent = polling.service.runtime.database, polling.service.agent()
    made = [(await polling.create(agent, eligibility={"listed": True})).json() for _ in range(2)]
    for poll, names in zip(made, (("DUBOIS", "DURAND"), ("DUBOIS", "DURAND", "PETIT", "MOREAU")), strict=True):
        assert (await polling.list_people(poll, *map(civil_status, names))).status_code == 201
    end = datetime.fromisoformat(made[1]["closes_at"]) + timedelta(days=31)
    assert await forget_votes(database, DAYS, end, 2) == 3
    assert sorted(of["poll_id"] for of in await forgotten(polling)) == sorted(poll["id"] for poll in made)


async def test_adding_up_may_take_longer_than_other_statements(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    database, author, settle, limits = town.service.runtime.database, town.service.citizen(), retention.settle, []

    async def timed(session: Any, row: Any) -> None:
        limits.append(await session.scalar(text("SHOW statement_timeout")))
        await settle(session, row)

    monkeypatch.setattr(retention, "settle", timed)
    assert (await withdraw(town, author, (await propose(town, author)).json())).status_code == 204
    assert await forget_votes(database, DAYS, datetime.now(UTC) + LONG) == 1
    assert limits == ["10min"]
    assert await forgotten(town) == [], "nobody supported it"


async def supported(town: Town, *who: Any, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await propose(town, town.service.citizen(), **changes)).json()
    for each in who:
        assert (await support(town, each, made)).json()["retention_ends_at"] is None or changes
    return made


async def test_who_supported_what_was_settled_is_forgotten_and_nobody_counts_twice(town: Town) -> None:
    database, now = town.service.runtime.database, datetime.now(UTC)
    people = [verified(town) for _ in range(3)]
    settled, other = await supported(town, *people), await supported(town, *people)
    assert (await report(town, settled, "refused", reached_on=today())).status_code == 201
    path = f"/v1/proposals/{settled['id']}/supports/mine"
    until = datetime.fromisoformat((await town.client.get(path, headers=people[0].headers)).json()["retention_ends_at"])
    assert timedelta(days=186) <= until - now <= timedelta(days=188)
    assert await forget_votes(database, DAYS, until - timedelta(minutes=1)) == 0
    assert await some(database, Kind.SUPPORTS, until + timedelta(minutes=1))
    assert await town.count("proposal_support") == 4
    for who in (people[0], people[2], verified(town)):
        refused = await support(town, who, settled)
        assert (refused.status_code, refused.json()["code"]) == (409, "supports-closed")
    assert await forget_votes(database, DAYS, until + timedelta(minutes=1)) == 1
    assert await town.count("proposal_support") == 3
    listed = {item["id"]: item["supports"] for item in (await town.client.get(LIST)).json()["items"]}
    assert listed == {settled["id"]: 3, other["id"]: 3}
    assert (await town.client.get(f"{LIST}/{settled['id']}")).json()["supports"] == 3
    own = (await town.client.get(path, headers=people[0].headers)).json()
    assert (own["supporting"], own["supports"]) == (False, 3)
    assert (await support(town, people[0], settled, supporting=False)).json()["supports"] == 3


async def test_nobody_goes_back_to_a_version_that_would_lose_what_was_added_up(town: Town) -> None:
    refused = runpy.run_path(str(MIGRATIONS / "versions" / "0088_votes_forgotten.py"))["REFUSED"]
    database, now = town.service.runtime.database, datetime.now(UTC)
    made = await supported(town, verified(town))
    assert (await report(town, made, "refused")).status_code == 201
    await database.pool.execute(refused)
    assert await forget_votes(database, DAYS, now + LONG) == 1
    with pytest.raises(asyncpg.RaiseError, match="would be lost"):
        await database.pool.execute(refused)


async def test_who_supported_what_is_withdrawn_is_forgotten_too(town: Town) -> None:
    database, author = town.service.runtime.database, town.service.citizen()
    made = (await propose(town, author)).json()
    await support(town, verified(town), made)
    assert (await withdraw(town, author, made)).status_code == 204
    now = datetime.now(UTC)
    assert await forget_votes(database, {**DAYS, Kind.SUPPORTS: 62}, now + timedelta(days=183)) == 0
    assert await forget_votes(database, {**DAYS, Kind.SUPPORTS: 62}, now + timedelta(days=185)) == 1
    assert await town.count("proposal_support") == 0


async def test_what_is_said_today_of_a_day_long_ago_counts_from_today(town: Town) -> None:
    database, now, who = town.service.runtime.database, datetime.now(UTC), verified(town)
    made = await supported(town, who)
    assert (await report(town, made, "refused", reached_on=today(-300))).status_code == 201
    path = f"/v1/proposals/{made['id']}/supports/mine"
    until = datetime.fromisoformat((await town.client.get(path, headers=who.headers)).json()["retention_ends_at"])
    assert timedelta(0) <= until - now - timedelta(days=186) < timedelta(hours=1)
    assert await forget_votes(database, DAYS, until - timedelta(minutes=1)) == 0
    assert await forget_votes(database, DAYS, until + timedelta(minutes=1)) == 1


async def test_supports_of_what_was_removed_stay_while_an_appeal_waits(moderating: ModerationTown, town: Town) -> None:
    database, now, author, who = (
        town.service.runtime.database,
        datetime.now(UTC),
        town.service.citizen(),
        verified(town),
    )
    made = (await propose(town, author)).json()
    await support(town, who, made)
    case = await moderating.opened(made, kind="proposal")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    path = f"/v1/proposals/{made['id']}/supports/mine"
    assert (await town.client.get(path, headers=who.headers)).json()["retention_ends_at"] is not None
    assert (await moderating.contest(author, case)).status_code == 201
    assert (await town.client.get(path, headers=who.headers)).json()["retention_ends_at"] is None
    assert await forget_votes(database, DAYS, now + LONG) == 0
    (contested,) = await moderating.cases(town.service.agent(), "?state=appealed")
    assert (await moderating.decide(town.service.agent(), contested, REMOVE)).status_code == 201
    assert await forget_votes(database, DAYS, now + LONG) == 1
    assert await town.count("proposal_support") == 0


async def moved(town: Town, process: dict[str, Any], ends: datetime) -> httpx.Response:
    """What is answered to an agent who has a process end later."""
    names = ("languages", "title", "description", "links", "phases")
    body = {name: process[name] for name in names} | {"ends_at": ends.isoformat()}
    headers = town.service.agent().headers | {"If-Match": f'"{process["version"]}"'}
    return await town.client.put(f"/v1/processes/{process['id']}", json=body, headers=headers)


async def ending(town: Town, process: dict[str, Any], ends: datetime) -> dict[str, Any]:
    answer = await moved(town, process, ends)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_who_supported_what_a_process_that_is_over_was_for_is_forgotten(town: Town) -> None:
    database, now = town.service.runtime.database, datetime.now(UTC)
    acts = ("submit-proposal", "support-proposal")
    ends = now + timedelta(days=2)
    process = await published(town, phase("now", -1, *acts), ends_at=ends.isoformat())
    made = await supported(town, verified(town), process_id=process["id"])
    assert await forget_votes(database, DAYS, ends + timedelta(days=185)) == 0
    process, ends = await ending(town, process, ends + timedelta(days=1)), ends + timedelta(days=1)
    assert await forget_votes(database, DAYS, ends + timedelta(days=187)) == 1
    assert await town.count("proposal_support") == 0
    assert (await town.client.get(f"{LIST}/{made['id']}")).json()["supports"] == 1
    later = await moved(town, process, ends + timedelta(days=1))
    assert (later.status_code, later.json()["code"]) == (409, "conflict"), "nobody could support them again"
    assert (await moved(town, process, ends)).status_code == 200
