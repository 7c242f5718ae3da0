# SPDX-License-Identifier: EUPL-1.2
"""Votes by name last longer or are called off by two agents, consultations last longer by one; followers learn why."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from budget_town import BudgetTown
from participation_town import Town
from poll_town import PollTown
from process_town import join, phase, published
from vote_change_town import WHY, change, changed, close_of, extend

from parvis_participation.api import context
from parvis_participation.api import votes as votes_api
from parvis_participation.service.count_budgets import count_budgets
from parvis_participation.service.follow_process import keep_processes
from parvis_participation.service.forget_votes import forget_votes
from parvis_participation.service.tally_votes import tally_votes
from parvis_participation.service.tell_times import tell_times


@pytest.fixture(autouse=True)
def _at_that_hour(budgeting: BudgetTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "now", lambda: budgeting.now)


async def types(town: BudgetTown | Town, like: str) -> list[str]:
    pool = town.service.runtime.database.pool
    rows = await pool.fetch("SELECT type FROM outbox WHERE type LIKE $1 ORDER BY id", like)
    return [row["type"].split(".")[3] for row in rows]


async def test_two_agents_let_a_vote_by_name_last_longer_and_it_is_counted_as_it_was_frozen(
    budgeting: BudgetTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = await budgeting.to_vote(("30000", None), ("40000", None))
    until, agent = close_of(budget) + timedelta(minutes=90), budgeting.service.agent()
    for _ in range(2):  # alone, as often as one likes
        assert (await change(budgeting, agent, budget, until)).json()["made"] is False
    other = await change(budgeting, budgeting.service.agent(), budget, until - timedelta(minutes=1))
    assert other.json()["made"] is False
    assert (await budgeting.read(budget))["phases"] == budget["phases"]
    assert (await change(budgeting, agent, budget, until - timedelta(minutes=1))).json()["made"] is True
    now = await budgeting.read(budget)
    assert close_of(now) == until - timedelta(minutes=1)
    assert (now["announced_close_at"], now["change_reason"]) == (budget["phases"]["result_at"], WHY["fr"])
    assert now["digest"] == budget["digest"]
    assert await types(budgeting, "%.budget-vote-%") == ["budget-vote-opened", "budget-vote-extended"]
    budgeting.now = close_of(budget) + timedelta(minutes=5)
    monkeypatch.setattr(votes_api, "now", lambda: budgeting.now)
    assert await count_budgets(budgeting.service.runtime.database, budgeting.now) == 0
    assert (await budgeting.vote(budgeting.voter(), budget, "1")).status_code == 201
    assert await count_budgets(budgeting.service.runtime.database, until) == 1
    record = json.loads((await budgeting.file(budget, "record.json")).text)
    assert (record["voters"], record["tie_seed"]) == (1, budget["digest"])


async def test_a_vote_ends_no_earlier_nor_within_its_realisation_and_not_once_it_has_closed(
    budgeting: BudgetTown,
) -> None:
    budget, agent = await budgeting.to_vote(("30000", None)), budgeting.service.agent()
    realised = datetime.fromisoformat(budget["phases"]["realisation_at"])
    for wrong in (close_of(budget), realised + timedelta(milliseconds=1)):  # shown to the millisecond
        refused = await change(budgeting, agent, budget, wrong)
        assert refused.status_code == 422, refused.text
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/closes_at"]
    budgeting.when("result")
    refused = await change(budgeting, agent, budget, close_of(budget) + timedelta(minutes=90))
    assert (refused.status_code, refused.json()["code"]) == (409, "poll-not-changeable")
    await budgeting.counted(budget)
    assert (await change(budgeting, agent, budget)).status_code == 409


@pytest.mark.parametrize("votes", ["kept", "deleted"])
async def test_a_vote_that_is_called_off_takes_no_votes_and_is_not_counted(budgeting: BudgetTown, votes: str) -> None:
    database = budgeting.service.runtime.database
    budget = await budgeting.to_vote(("30000", None), retention_days=90, live=True, changeable=True)
    voters = [budgeting.voter() for _ in range(3)]
    cast = [(await budgeting.vote(voter, budget, "1")).json() for voter in voters]
    await tally_votes(database, budgeting.now)
    await changed(budgeting, budget, None, votes)
    now = await budgeting.read(budget)
    assert (now["change_reason"], now["turnout"]) == (WHY["fr"], 3 if votes == "kept" else None)
    ended = datetime.fromisoformat(now["called_off_at"])
    assert datetime.fromisoformat(now["retention_ends_at"]) == ended + timedelta(days=90 if votes == "kept" else 0)
    assert (await budgeting.vote(budgeting.voter(), budget, "1")).status_code == 409
    assert (await budgeting.change(voters[0], budget, cast[0], "1")).status_code == 409
    await tally_votes(database, budgeting.now)
    assert (await budgeting.read(budget))["turnout"] == now["turnout"]
    budgeting.when("result")
    assert await count_budgets(database, budgeting.now) == 0
    assert (await budgeting.file(budget, "record.json")).status_code == 409
    assert await types(budgeting, "%.budget-vote-called%") == ["budget-vote-called-off"]
    await forget_votes(database, {}, budgeting.now)
    assert await budgeting.rows("budget_vote") == (3 if votes == "kept" else 0)
    assert (await budgeting.own(voters[0], budget)).status_code == (200 if votes == "kept" else 404)
    await forget_votes(database, {}, budgeting.now + timedelta(days=91))
    assert (await budgeting.rows("budget_vote"), await budgeting.rows("budget_choice")) == (0, 0)
    assert (await change(budgeting, budgeting.service.agent(), budget)).status_code == 409
    lines = (await budgeting.client.get("/v1/collectivities/paris/acts/lines")).text.splitlines()
    told = [json.loads(line) for line in lines]
    wishes = [line["details"] for line in told if line["act"] == "changeBudgetVote"]
    assert [(wish["kind"], wish["votes"]) for wish in wishes] == [("cancel", votes)] * 2


async def test_a_vote_called_off_before_it_opens_never_opens(budgeting: BudgetTown) -> None:
    budget = await budgeting.published()
    await changed(budgeting, budget)
    budgeting.when("vote")
    from parvis_participation.service.freeze_budgets import freeze_budgets  # noqa: PLC0415

    assert await freeze_budgets(budgeting.service.runtime.database, budgeting.chain, budgeting.now) == 0
    assert (await budgeting.vote(budgeting.voter(), budget, "1")).status_code == 409


async def test_a_secret_vote_is_changed_as_the_poll_that_it_is(budgeting: BudgetTown, polling: PollTown) -> None:
    board = {"key": polling.key.hex(), "members": 3, "threshold": 2}
    budget = await budgeting.published(board=board)
    assert (await change(budgeting, budgeting.service.agent(), budget)).status_code == 409
    wrong = {"kind": "extend", "votes": "kept", "reason": WHY, "closes_at": close_of(budget).isoformat()}
    path = f"/v1/budgets/{budget['id']}/changes"
    headers = budgeting.headers(budgeting.service.agent())
    assert (await budgeting.client.post(path, json=wrong, headers=headers)).status_code == 422


async def test_a_consultation_lasts_longer_and_followers_of_its_process_are_told_why(town: Town) -> None:
    database, follower = town.service.runtime.database, town.service.citizen()
    process = await published(town, phase("now", -1, "answer-consultation"))
    made = await town.opened()
    assert (await join(town, process, "consultation", made)).status_code == 201
    path = f"/v1/processes/{process['id']}/followers/mine"
    assert (await town.client.put(path, headers=follower.headers)).status_code in {200, 204}
    close = datetime.fromisoformat(made["closes_at"])
    assert (await extend(town, made, close)).status_code == 422
    longer = await extend(town, made, close + timedelta(days=2))
    assert longer.status_code == 201, longer.text
    shown = longer.json()
    assert (shown["state"], shown["announced_close_at"]) == ("open", made["closes_at"])
    assert shown["change_reason"] == WHY["fr"]
    assert datetime.fromisoformat(shown["closes_at"]) == close + timedelta(days=2)
    now = datetime.now(UTC)
    await tell_times(database, now)
    await tell_times(database, close + timedelta(days=1))
    assert await types(town, "%.consultation-%") == ["consultation-extended", "consultation-opened"]
    await keep_processes(database, now + timedelta(seconds=1))
    rows = await database.pool.fetch("SELECT data FROM outbox WHERE type LIKE '%.process-news-told.v1'")
    assert [json.loads(row["data"])["follower"] for row in rows] == [follower.subject]
    news = await town.client.get(f"/v1/collectivities/paris/processes/{process['id']}/news")
    assert [(item["title"], item["text"]) for item in news.json()["items"]] == [
        ("La consultation est prolongée", WHY["fr"])
    ]
    assert (await town.act(town.service.agent(), shown | {"version": shown["version"] + 1}, "close")).status_code == 201
    assert (await extend(town, made, close + timedelta(days=9))).status_code == 409
