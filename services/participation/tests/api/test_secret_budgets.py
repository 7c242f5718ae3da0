# SPDX-License-Identifier: EUPL-1.2
"""A participatory budget from its call to a result that anybody can check, by ballots that nobody can read."""

import csv
import json
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from identity_rolls import Identity
from participation_town import Town
from poll_town import approve, civil_status
from process_town import join, published
from secret_budget_town import SecretBudgetTown

from parvis_participation.domain.counting.count import Rule
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.service.freeze_budgets import freeze_budgets
from parvis_participation.service.seals import canonical
from parvis_participation.service.tally_votes import tally_votes
from parvis_testing import Caller, Harness

FOUR = (("60000", None), ("50000", None), ("30000", "north"), ("30000", "north"))
VOTES = (approve("1", "3"), approve("1", "4"), approve("2", "3"), approve("2"), approve("1"))


@pytest.fixture
async def budgeting(service: Harness, town: Town, monkeypatch: pytest.MonkeyPatch) -> SecretBudgetTown:
    del town  # empties the tables afterwards, and looks at the events
    return SecretBudgetTown(service, monkeypatch)


async def test_the_secret_vote_of_a_budget_is_of_those_for_whom_its_process_is(
    budgeting: SecretBudgetTown, town: Town, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, analyse = await published(town, audience={"minimum_age": 18}), budgeting.analyse

    async def join_first(agent: Caller, project: dict[str, Any], *args: Any) -> httpx.Response:
        assert (await join(town, process, "budget", {"id": project["budget_id"]})).status_code == 201
        return await analyse(agent, project, *args)

    monkeypatch.setattr(budgeting, "analyse", join_first)
    poll = await budgeting.poll(await budgeting.to_vote(("100", None)))
    old, young = budgeting.voter(), budgeting.voter()
    identity.born = {old.subject: "1962-08-24", young.subject: "2020-01-01"}
    refused = await budgeting.board.cast(young, poll, approve("1"))
    assert (refused.status_code, refused.json()["code"]) == (403, "too-young")
    assert (await budgeting.board.cast(old, poll, approve("1"))).status_code == 200


async def test_from_sealed_ballots_to_projects_that_are_built_and_a_count_that_anybody_checks(
    budgeting: SecretBudgetTown, tmp_path: Path
) -> None:
    announced = await budgeting.published()
    assert (announced["secret"], announced["board"]["threshold"], announced["digest"]) == (True, 2, None)
    assert (await budgeting.client.get(f"/v1/collectivities/paris/polls/{announced['id']}")).status_code == 404
    budget = await budgeting.to_vote(*FOUR)
    poll = await budgeting.poll(budget)
    assert (poll["state"], poll["of_budget"], poll["digest"]) == ("open", True, budget["digest"])
    assert [option["code"] for option in poll["options"]] == [option["code"] for option in budget["options"]]
    await budgeting.cast_all(budget, *VOTES)
    by_name = await budgeting.vote(budgeting.voter(), budget, "1")
    assert (by_name.status_code, by_name.json()["code"]) == (409, "vote-is-secret")
    result = await budgeting.board_counts(budget)
    city, north = result["results"]
    assert (result["voters"], city["ballots"], north["ballots"]) == (5, 5, 3)
    assert [(o["code"], o["chosen"], o["score"]) for o in city["outcomes"]] == [("1", True, 3), ("2", False, 2)]
    assert "40\u202f000" in city["outcomes"][1]["explanation"], "what was left for it"
    assert [(o["code"], o["chosen"]) for o in north["outcomes"]] == [("3", True), ("4", False)]
    projects = {project["number"]: project for project in await budgeting.listed(budget)}
    assert {n: p["state"] for n, p in projects.items()} == {
        1: "chosen", 2: "not-chosen", 3: "chosen", 4: "not-chosen",
    }  # fmt: skip
    assert {n: p["votes"] for n, p in projects.items()} == {1: 3, 2: 2, 3: 2, 4: 1}
    assert await budgeting.checked(budget, tmp_path) == (0, "Right: 5 ballots, 0 spoiled. Chosen: 1, 3.\n")
    again = await budgeting.board.count(budget)
    assert (again.status_code, again.json()["code"]) == (409, "poll-not-countable")


async def test_turnout_alone_is_told_while_the_vote_is_open_and_nothing_joins_voter_and_choice(
    budgeting: SecretBudgetTown,
) -> None:
    budget = await budgeting.to_vote(*FOUR)
    await budgeting.cast_all(budget, *VOTES * 10)
    await tally_votes(budgeting.service.runtime.database, budgeting.now)
    assert (await budgeting.read(budget))["turnout"] == 0, "no ballot is under a signed root"
    await budgeting.sign_roots()
    await tally_votes(budgeting.service.runtime.database, budgeting.now)
    assert (await budgeting.read(budget))["turnout"] == 50
    assert {project["votes"] for project in await budgeting.listed(budget)} == {None}
    assert await budgeting.rows("budget_vote") == 0
    assert await budgeting.rows("poll_roll") == await budgeting.rows("poll_urn") == 50


async def test_one_person_votes_once_whatever_the_account_and_the_way(
    budgeting: SecretBudgetTown, identity: Identity
) -> None:
    conditions = {"listed": True, "channels": ["online", "desk", "paper"]}
    agent = budgeting.service.agent()
    budgeting.when("announced")
    draft = (await budgeting.create(agent, eligibility=conditions)).json()
    empty = await budgeting.publish(agent, draft)
    assert (empty.status_code, empty.json()["code"]) == (409, "conflict")
    assert (await budgeting.board.list_people(draft, civil_status("Durand"), civil_status("Roux"))).status_code == 201
    by_hand = await budgeting.board.publish(agent, draft)
    assert (by_hand.status_code, by_hand.json()["code"]) == (409, "conflict")
    assert (await budgeting.publish(agent, draft)).status_code == 201
    budgeting.when("vote")
    assert await freeze_budgets(budgeting.service.runtime.database, budgeting.chain, budgeting.now) == 1
    poll = await budgeting.poll(draft)
    assert poll["entitled"]["count"] == 2
    late = await budgeting.board.list_people(draft, civil_status("Petit"))
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    one, other = budgeting.voter(), budgeting.voter()
    identity.people |= {str(one.person): "Durand", str(other.person): "Durand"}
    assert poll["options"] == []
    first = await budgeting.board.cast(one, poll, ())
    assert first.status_code == 200, first.text
    second = await budgeting.board.cast(other, poll, ())
    assert (second.status_code, second.json()["code"]) == (409, "already-voted")
    stranger = await budgeting.board.cast(budgeting.voter(), poll, ())
    assert (stranger.status_code, stranger.json()["code"]) == (403, "not-on-the-list")


@pytest.mark.parametrize(
    ("ballot", "method", "choices", "chosen"),
    [
        ({"kind": "approval", "least": 1, "most": 2}, {"rule": "greedy"}, ("12", "1", "3"), ["1", "3"]),
        ({"kind": "knapsack", "least": 1, "most": 4}, {"rule": "equal-shares"}, ("13", "14", "13"), ["1", "3"]),
        (
            {"kind": "points", "least": 1, "most": 4, "points": 5, "points_each": 4},
            {"rule": "equal-shares", "completion": "increment", "increment": "500"},
            ("1112", "2222", "33344"),
            ["2", "3"],
        ),
        ({"kind": "ranking", "least": 1, "most": 4}, {"rule": "schulze"}, ("1234", "2134", "1243"), ["1", "3"]),
        ({"kind": "ranking", "least": 1, "most": 4}, {"rule": "instant-runoff"}, ("2134", "2143", "13"), ["2", "3"]),
    ],
    ids=["approval", "knapsack", "points", "schulze", "instant-runoff"],
)
async def test_each_kind_of_ballot_is_counted_as_the_same_votes_by_name_and_exported(
    budgeting: SecretBudgetTown, tmp_path: Path, ballot: dict[str, Any], method: dict[str, Any],
    choices: tuple[str, ...], chosen: list[str],
) -> None:  # fmt: skip
    given = [tuple((code, said.count(code)) for code in dict.fromkeys(said)) for said in choices]
    if ballot["kind"] == "ranking":
        given = [tuple((code, 1) for code in said) for said in choices]
    budget = await budgeting.to_vote(*FOUR, ballot=ballot, method=method)
    await budgeting.cast_all(budget, *given)
    over = tuple((code, 9) for code in "1234")
    await budgeting.cast_all(budget, over)  # what no rule allows is spoiled, and known at the count alone
    secret = await budgeting.board_counts(budget)
    assert sorted(o["code"] for area in secret["results"] for o in area["outcomes"] if o["chosen"]) == chosen
    code, told = await budgeting.checked(budget, tmp_path)
    assert (code, "1 spoiled" in told, "are recounted" in told) == (0, True, False), told
    path = f"/v1/collectivities/paris/budgets/{budget['id']}/files/ballots.pb"
    for area, count in ((None, len(secret["results"][0]["outcomes"])), ("north", 2)):
        exported = await budgeting.client.get(path, params={"area": area} if area else {})
        scrutiny = read_pabulib(exported.text.splitlines())
        assert len(scrutiny.listed) == count
        assert len(scrutiny.choices) == next(r["ballots"] for r in secret["results"] if r["area"] == area)
    assert Rule(method["rule"]) == (await budgeting.read(budget))["method"]["rule"]


async def test_the_record_is_whole_and_the_table_says_the_same(budgeting: SecretBudgetTown) -> None:
    budget = await budgeting.to_vote(*FOUR[:2])  # nobody proposed anything for the north
    await budgeting.cast_all(budget, approve("1"), approve("1", "2"))
    result = await budgeting.board_counts(budget)
    assert [(area["area"], area["ballots"]) for area in result["results"]] == [(None, 2), ("north", 0)]
    record = json.loads((await budgeting.file(budget, "record.json")).text)
    assert sha256(canonical({k: v for k, v in record.items() if k != "digest"})).hexdigest() == result["digest"]
    assert sha256(canonical(record["definition"])).hexdigest() == record["tie_seed"] == budget["digest"]
    table = list(csv.DictReader((await budgeting.file(budget, "result.csv")).text.splitlines()))
    assert [(line["code"], line["chosen"], line["score"]) for line in table] == [
        ("1", "True", "2"),
        ("2", "False", "1"),
    ]


async def test_a_counted_budget_is_described_as_open_data_whose_files_are_there(budgeting: SecretBudgetTown) -> None:
    budget = await budgeting.to_vote(*FOUR)
    path = f"/v1/collectivities/paris/budgets/{budget['id']}/dataset"
    early = await budgeting.client.get(path)
    assert (early.status_code, early.json()["code"]) == (409, "budget-not-counted")
    await budgeting.cast_all(budget, *VOTES)
    await budgeting.board_counts(budget)
    answer = await budgeting.client.get(path)
    assert answer.headers["content-type"] == "application/ld+json"
    described = answer.json()
    assert (described["@type"], described["dct:identifier"]) == ("dcat:Dataset", budget["id"])
    addresses = [each["dcat:downloadURL"]["@id"] for each in described["dcat:distribution"]]
    base = described["dcat:landingPage"]["@id"].removesuffix(f"/v1/collectivities/paris/budgets/{budget['id']}")
    found = [await budgeting.client.get(address.removeprefix(base)) for address in addresses]
    assert [each.status_code for each in found] == [200] * 8, addresses


async def test_two_agents_move_the_close_and_the_phases_follow(budgeting: SecretBudgetTown) -> None:
    budget = await budgeting.to_vote(*FOUR)
    first, second = budgeting.service.agent(), budgeting.service.agent()
    phases = budget["phases"]
    built = (datetime.fromisoformat(phases["realisation_at"]) + timedelta(seconds=1)).isoformat()
    too_late = await budgeting.change_vote_times(first, budget, kind="extend", closes_at=built)
    assert (too_late.status_code, too_late.json()["errors"][0]["pointer"]) == (422, "/closes_at")
    later = (budgeting.now + timedelta(hours=2, minutes=30)).isoformat()
    assert (await budgeting.change_vote_times(first, budget, kind="extend", closes_at=later)).status_code == 201
    assert (await budgeting.read(budget))["phases"] == phases, "it waits for a second agent"
    assert (await budgeting.change_vote_times(second, budget, kind="extend", closes_at=later)).status_code == 201
    moved = await budgeting.read(budget)
    assert moved["phases"]["result_at"] == (await budgeting.poll(budget))["closes_at"] > phases["result_at"]
    budgeting.when("result")
    assert (await budgeting.read(budget))["phase"] == "vote"
    await budgeting.cast_all(budget, approve("1"))
    budgeting.now += timedelta(minutes=40)
    assert (await budgeting.board.count(budget)).status_code == 201
    assert (await budgeting.results(budget))["voters"] == 1


async def test_a_vote_that_is_called_off_has_no_result(budgeting: SecretBudgetTown) -> None:
    budget = await budgeting.to_vote(*FOUR)
    for agent in (budgeting.service.agent(), budgeting.service.agent()):
        assert (await budgeting.change_vote_times(agent, budget, kind="cancel")).status_code == 201
    off = await budgeting.read(budget)
    assert off["called_off_at"] is not None
    refused = await budgeting.board.cast(budgeting.voter(), await budgeting.poll(budget), approve("1"))
    assert (refused.status_code, refused.json()["code"]) == (409, "poll-not-open")
    budgeting.when("result")
    early = await budgeting.client.get(f"/v1/collectivities/paris/budgets/{budget['id']}/results")
    assert (early.status_code, early.json()["code"]) == (409, "budget-not-counted")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"live": True}, "/board"),
        ({"changeable": True}, "/board"),
        ({"board": None, "eligibility": {"minimum_age": 16}}, "/eligibility"),
        ({"board": {"key": "04" + "11" * 64, "members": 3, "threshold": 2}}, "/board/key"),
        ({"eligibility": {"areas": ["north"]}}, None),
    ],
    ids=["live", "changeable", "conditions-without-board", "no-key", "areas-without-residence"],
)
async def test_what_a_secret_vote_cannot_be_is_refused(
    budgeting: SecretBudgetTown, changes: dict[str, Any], pointer: str | None
) -> None:
    refused = await budgeting.create(budgeting.service.agent(), **changes)
    assert refused.status_code == 422, refused.text
    assert pointer is None or refused.json()["errors"][0]["pointer"] == pointer
    assert await budgeting.rows("budget") == await budgeting.rows("poll") == 0
