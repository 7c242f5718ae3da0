# SPDX-License-Identifier: EUPL-1.2
"""Votes at a desk and on paper stand on the same roll, and are counted with the others."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from identity_rolls import Identity
from poll_town import PollTown, approve, civil_status, sealed_ballot

from parvis_participation.domain.counting.election import Choice
from parvis_testing import Caller

CHECKER = Path(__file__).parents[4] / "examples" / "secret-poll" / "check_poll.py"
ALL = {"channels": ["online", "desk", "paper"]}


class Desks:
    """A short way to what agents do at desks."""

    def __init__(self, polling: PollTown) -> None:
        self.polling = polling

    async def receive(self, poll: dict[str, Any], name: str, kind: str = "desk", **changes: Any) -> httpx.Response:
        agent = changes.pop("agent", None) or self.polling.service.agent()
        number = sha256(name.encode()).hexdigest()[:9]
        body = {"document": "passport", "document_number": number, "civil_status": civil_status(name), **changes}
        path = f"/v1/polls/{poll['id']}/{kind}-voters"
        return await self.polling.client.post(path, json=body, headers=self.polling.headers(agent))

    async def cast(self, poll: dict[str, Any], voucher: str, ballot: dict[str, str]) -> httpx.Response:
        path = f"/v1/polls/{poll['id']}/desk-ballots"
        return await self.polling.client.post(path, json=ballot | {"voucher": voucher})

    async def vote(self, poll: dict[str, Any], name: str, choice: Choice) -> httpx.Response:
        voucher = (await self.receive(poll, name)).json()["voucher"]
        return await self.cast(poll, voucher, sealed_ballot(poll, choice))

    async def enter(
        self, poll: dict[str, Any], agent: Caller, *papers: tuple[Choice, int], spoiled: int = 0, **more: Any
    ) -> httpx.Response:
        ballots = [
            {"choice": [{"code": code, "points": points} for code, points in choice], "times": times}
            for choice, times in papers
        ]
        body = {"label": "desk-1", "ballots": ballots, "spoiled": spoiled} | more
        path = f"/v1/polls/{poll['id']}/paper-batches"
        return await self.polling.client.post(path, json=body, headers=self.polling.headers(agent))


@pytest.fixture
def desks(polling: PollTown) -> Desks:
    return Desks(polling)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_whoever_voted_at_the_desk_does_not_vote_online_nor_the_other_way(
    polling: PollTown, desks: Desks, identity: Identity
) -> None:
    poll = await polling.open(eligibility=ALL)
    online, late = polling.voter(), polling.voter()
    identity.people |= {online.subject: "DUBOIS", late.subject: "DURAND"}
    await polling.cast(online, poll, approve("park"))
    assert code(await desks.receive(poll, "DUBOIS")) == (409, "already-voted")
    assert code(await desks.receive(poll, "DUBOIS", "paper")) == (409, "already-voted")
    assert (await desks.vote(poll, "DURAND", approve("bench"))).status_code == 200
    assert code(await polling.cast(late, poll, approve("park"))) == (409, "already-voted")
    assert (await desks.receive(poll, "MARTIN", "paper")).status_code == 201
    assert code(await desks.receive(poll, "MARTIN")) == (409, "already-voted")
    assert code(await desks.receive(poll, "MARTIN", "paper")) == (409, "already-voted")
    rows = await polling.service.runtime.database.pool.fetch("SELECT channel, account_key FROM poll_roll")
    assert {row["channel"] for row in rows} == {"online", "desk", "paper"}
    assert len({row["account_key"] for row in rows if len(row["account_key"]) == 32}) == 3, "of accounts and documents"
    assert await polling.rows("poll_urn") == 2


async def test_whose_civil_status_was_typed_otherwise_does_not_vote_again_by_their_document(
    polling: PollTown, desks: Desks
) -> None:
    poll = await polling.open(eligibility=ALL)
    early = (await desks.receive(poll, "MARTIN", document_number="20FV54321")).json()["voucher"]
    late = (await desks.receive(poll, "MARTEN", document_number="20 fv 54321")).json()["voucher"]
    assert (await desks.cast(poll, early, sealed_ballot(poll, approve("park")))).status_code == 200
    assert code(await desks.cast(poll, late, sealed_ballot(poll, approve("park")))) == (409, "already-voted")
    for kind in ("desk", "paper"):
        again = await desks.receive(poll, "MARTIN-DUBOIS", kind, document_number="20fv54321")
        assert code(again) == (409, "already-voted")
    other = await desks.receive(poll, "DURAND", document="identity-card", document_number="20FV54321")
    assert other.status_code == 200, "a number is of its kind of document"
    assert await polling.rows("poll_roll") == 1


async def test_a_voucher_casts_one_ballot_in_one_poll_for_a_while(polling: PollTown, desks: Desks) -> None:
    poll, other = await polling.open(eligibility=ALL), await polling.open(eligibility=ALL)
    voucher = (await desks.receive(poll, "DUBOIS")).json()["voucher"]
    # Who walks away has not voted.
    assert await polling.rows("poll_roll") == 0
    ballot = sealed_ballot(poll, approve("park"))
    altered = ("B" if voucher[0] == "A" else "A") + voucher[1:]
    for forged in (altered, voucher[:-4], "A" * 80, "A"):
        assert code(await desks.cast(poll, forged, ballot)) == (403, "voucher-not-valid")
    assert code(await desks.cast(other, voucher, sealed_ballot(other, approve("park")))) == (403, "voucher-not-valid")
    ballots = [ballot] * 10 + [sealed_ballot(poll, approve("bench")) for _ in range(10)]
    first = await desks.cast(poll, voucher, ballot)
    answers = await asyncio.gather(*(desks.cast(poll, voucher, one) for one in ballots))
    assert {answer.content for answer in answers[:10]} == {first.content}
    assert {code(answer) for answer in answers[10:]} == {(409, "already-voted")}
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (1, 1)
    another = (await desks.receive(poll, "DURAND")).json()["voucher"]
    polling.now += timedelta(minutes=16)
    assert code(await desks.cast(poll, another, sealed_ballot(poll, approve("park")))) == (403, "voucher-not-valid")
    # Whoever lost the answer learns that they have voted.
    assert (await desks.cast(poll, voucher, ballot)).content == first.content


async def test_the_conditions_hold_at_the_desk_too(polling: PollTown, desks: Desks) -> None:
    rules = ALL | {"minimum_age": 16, "residence": True, "areas": ["north"], "listed": True, "level": "eidas3"}
    poll = await polling.open("DUBOIS", "YOUNG", eligibility=rules)
    seen = {"area": "north", "evidence": "proof-of-address"}
    assert code(await desks.receive(poll, "DUBOIS")) == (403, "residence-not-attested")
    assert code(await desks.receive(poll, "DUBOIS", residence=seen | {"area": "south"})) == (
        403,
        "residence-not-attested",
    )
    young = civil_status("YOUNG", birth_date="2020-01-01")
    assert code(await desks.receive(poll, "", residence=seen, civil_status=young)) == (403, "too-young")
    assert code(await desks.receive(poll, "STRANGER", residence=seen)) == (403, "not-on-the-list")
    month = civil_status("DUBOIS", birth_date="1962-08")
    assert code(await desks.receive(poll, "", residence=seen, civil_status=month)) == (422, "incomplete-civil-status")
    # The document that the agent has seen is as good as any sign-in.
    assert (await desks.receive(poll, "DUBOIS", residence=seen)).status_code == 200


async def test_a_poll_says_by_which_ways_votes_come(polling: PollTown, desks: Desks) -> None:
    online, desk = await polling.open(), await polling.open(eligibility={"channels": ["desk"]})
    for kind in ("desk", "paper"):
        assert code(await desks.receive(online, "DUBOIS", kind)) == (409, "channel-not-open")
    assert code(await polling.cast(polling.voter(), desk, approve("park"))) == (409, "channel-not-open")
    stranger = polling.service.agent("lutece")
    assert (await desks.receive(desk, "DUBOIS", agent=stranger)).status_code == 404
    assert (await desks.receive(desk, "DUBOIS", agent=polling.voter())).status_code == 403
    polling.when("after")
    assert code(await desks.receive(desk, "DUBOIS")) == (409, "poll-not-open")


async def test_a_lost_answer_about_a_paper_voter_is_given_again(polling: PollTown) -> None:
    poll, agent = await polling.open(eligibility=ALL), polling.service.agent()
    body = {"document": "passport", "document_number": "20FV54321", "civil_status": civil_status("DUBOIS")}
    headers = agent.headers | {"Idempotency-Key": "the-same-key"}
    path = f"/v1/polls/{poll['id']}/paper-voters"
    first, again = [await polling.client.post(path, json=body, headers=headers) for _ in range(2)]
    assert (first.status_code, again.content, again.headers["idempotency-replayed"]) == (201, first.content, "true")
    other = body | {"civil_status": civil_status("DURAND")}
    assert (await polling.client.post(path, json=other, headers=headers)).status_code == 422
    polling.when("after")
    late = await polling.client.post(path, json=body, headers=headers)
    assert (late.status_code, late.content) == (201, first.content), "the answer was lost, and the poll has closed"
    assert code(await Desks(polling).receive(poll, "MARTIN", "paper")) == (409, "poll-not-open")
    assert await polling.rows("poll_roll") == 1


async def test_paper_counts_once_two_agents_have_entered_the_same(
    polling: PollTown, desks: Desks, tmp_path: Path
) -> None:
    poll = await polling.open(eligibility=ALL)
    await polling.cast(polling.voter(), poll, approve("park"))
    await desks.vote(poll, "DUBOIS", approve("bench"))
    for name in ("A", "B", "C", "D"):
        await desks.receive(poll, name, "paper")
    first, second = polling.service.agent(), polling.service.agent()
    papers = ((approve("park"), 1), (approve("park", "lamp"), 2))
    assert code(await desks.enter(poll, first, *papers)) == (409, "poll-not-closed")
    polling.when("after")
    assert code(await desks.enter(poll, first, (approve("park"), 5))) == (409, "too-much-paper")
    assert code(await desks.enter(poll, first, (approve("nowhere"), 1))) == (422, "ballot-refused")
    entered = await desks.enter(poll, first, *papers, spoiled=1)
    assert (entered.json()["ballots"], entered.json()["confirmed"]) == (3, False)
    assert (await desks.enter(poll, first, *papers, spoiled=1)).json()["confirmed"] is False
    assert code(await polling.count(poll)) == (409, "batches-open")
    assert code(await desks.enter(poll, second, *papers)) == (409, "batch-differs")
    path = f"/v1/polls/{poll['id']}/paper-batches"
    listed = (await polling.client.get(path, headers=second.headers)).json()
    assert listed == {"items": [entered.json()]}, "how many, and not what they say"
    stranger = polling.service.agent("lutece")
    assert (await polling.client.get(path, headers=stranger.headers)).status_code == 404
    # In another order, and one paper after the other: the same.
    same = ((approve("lamp", "park"), 1), (approve("park"), 1), (approve("park", "lamp"), 1))
    assert (await desks.enter(poll, second, *same, spoiled=1)).json()["confirmed"] is True
    assert code(await desks.enter(poll, first, *papers)) == (409, "batch-confirmed")
    assert (await polling.count(poll)).status_code == 201
    record = (await polling.file(poll, "record.json")).json()
    assert record["channels"] == {"online": 1, "desk": 1, "paper": 4}
    assert record["paper"] == {"ballots": 4, "spoiled": 1, "batches": 1}
    assert (record["roll"], record["cast"], record["spoiled"]) == (6, 6, 1)
    assert (await polling.file(poll, "urn.csv")).text == "1;bench:1\n2;lamp:1;park:1\n2;park:1\n"
    # Of what one urn held nothing is kept but how many papers there were.
    kept = await polling.service.runtime.database.pool.fetch("SELECT ballots, digest FROM paper_batch")
    assert [tuple(row) for row in kept] == [(None, b"")]
    for name in ("record.json", "commitments.txt", "urn.csv", "acts.jsonl"):
        (tmp_path / name).write_text((await polling.file(poll, name)).text, "utf-8")
    assert check(tmp_path, poll) == "Right: 6 ballots, 1 spoiled. Chosen: park, lamp.\n"
    urn = tmp_path / "urn.csv"
    urn.write_text(urn.read_text("utf-8").replace("2;lamp:1;park:1", "3;lamp:1;park:1"), "utf-8")
    assert "6 opened and 1 spoiled ballots do not make 2 and 4 on paper" in check(tmp_path, poll)


def check(folder: Path, poll: dict[str, Any]) -> str:
    command = [sys.executable, CHECKER, folder, "--key", poll["signing_key"]]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout


async def test_an_entry_whose_agent_is_away_is_replaced_by_two_others(polling: PollTown, desks: Desks) -> None:
    poll = await polling.open(eligibility=ALL)
    await desks.receive(poll, "DUBOIS", "paper")
    away, second, third = (polling.service.agent() for _ in range(3))
    polling.when("after")
    assert (await desks.enter(poll, away, (approve("bench"), 1))).status_code == 201
    right = (approve("park"), 1)
    assert code(await desks.enter(poll, second, right)) == (409, "batch-differs")
    replaced = await desks.enter(poll, second, right, replace=True)
    assert (replaced.status_code, replaced.json()["confirmed"]) == (201, False)
    # One agent alone confirms nothing, however often they enter it.
    assert (await desks.enter(poll, second, right, replace=True)).json()["confirmed"] is False
    assert code(await polling.count(poll)) == (409, "batches-open")
    assert (await desks.enter(poll, third, right)).json()["confirmed"] is True
    assert code(await desks.enter(poll, away, (approve("bench"), 1), replace=True)) == (409, "batch-confirmed")
    assert (await polling.count(poll)).status_code == 201
