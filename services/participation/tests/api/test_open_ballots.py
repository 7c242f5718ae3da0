# SPDX-License-Identifier: EUPL-1.2
"""Who cannot seal a ballot has the server do it, where the poll allows that; and everybody asks what the roll says."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from checked_poll import FILES, Published
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from identity_rolls import Identity, failing
from merged_accounts import hear, merged
from poll_town import PollTown, approve

from parvis_participation.api import open_ballots
from parvis_participation.service.seals import Seals, receipt_text
from parvis_testing import Caller

BOTH = {"channels": ["online", "server"]}


@pytest.fixture(autouse=True)
def same_hour(polling: PollTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_ballots, "now", lambda: polling.now)


async def vote(polling: PollTown, voter: Caller, poll: dict[str, Any], *codes: str, **headers: str) -> httpx.Response:
    body = {"choice": [{"code": code} for code in codes]}
    path = f"/v1/polls/{poll['id']}/open-ballots"
    return await polling.client.post(path, json=body, headers=voter.headers | headers)


async def entry(polling: PollTown, voter: Caller, poll: dict[str, Any]) -> httpx.Response:
    return await polling.client.get(f"/v1/polls/{poll['id']}/roll-entries/mine", headers=voter.headers)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_ballot_that_the_server_seals_is_receipted_counted_and_labelled(
    polling: PollTown, tmp_path: Path
) -> None:
    poll = await polling.open(eligibility=BOTH)
    cast = await vote(polling, polling.voter(), poll, "park", "bench", **{"Accept-Language": "en"})
    receipt = cast.json()
    assert (cast.status_code, receipt["sealed_by"], "saw your choice" in receipt["notice"]) == (200, "server", True)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(poll["signing_key"]))
    text = receipt_text(UUID(poll["id"]), bytes.fromhex(receipt["commitment"]))
    key.verify(bytes.fromhex(receipt["signature"]), text)
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    polling.when("after")
    assert (await polling.count(poll)).status_code == 201
    assert (await polling.file(poll, "urn.csv")).text == "1;bench:1;park:1\n1;park:1\n"
    assert (await polling.file(poll, "record.json")).json()["channels"] == {
        "online": 1, "desk": 0, "paper": 0, "server": 1,
    }  # fmt: skip
    for name in FILES:
        (tmp_path / name).write_text((await polling.file(poll, name)).text, "utf-8")
    (tmp_path / "receipt.json").write_text(json.dumps(receipt), "utf-8")
    checked, told = Published(tmp_path, poll, Seals(polling.service.runtime.master)).check("receipt.json")
    assert (checked, "1 of them sealed by the town's server, which saw the choice" in told) == (0, True), told


async def test_calls_can_be_brought_to_one_length_whatever_they_choose(
    polling: PollTown, logged: Callable[[], str]
) -> None:
    poll = await polling.open(eligibility=BOTH)
    path, lengths = f"/v1/polls/{poll['id']}/open-ballots", set()
    for codes in (["park"], ["park", "bench", "lamp"]):
        body = {"choice": [{"code": code} for code in codes], "padding": ""}
        content = json.dumps(body | {"padding": "Z" * (8_000 - len(json.dumps(body)))})
        lengths.add(len(content))
        headers = polling.voter().headers | {"Content-Type": "application/json"}
        assert (await polling.client.post(path, content=content, headers=headers)).status_code == 200
    assert lengths == {8_000}
    assert "Z" * 9 not in logged()
    long = await polling.client.post(path, json=body | {"padding": "Z" * 8_193}, headers=polling.voter().headers)
    assert (long.status_code, "Z" * 9 in long.text) == (422, False)


async def test_a_poll_whose_server_seals_takes_what_devices_seal_too(polling: PollTown) -> None:
    agent = polling.service.agent()
    for channels in (["server"], ["paper", "server"]):
        refused = await polling.create(agent, eligibility={"channels": channels})
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["pointer"], "`online`" in error["detail"]) == (422, "/eligibility", True)
    assert (await polling.create(agent, eligibility=BOTH)).status_code == 201


async def test_one_person_votes_once_whoever_seals(polling: PollTown, identity: Identity) -> None:
    poll, voter, other = await polling.open(eligibility=BOTH), polling.voter(), polling.voter()
    identity.one_person(voter.subject, other.subject)
    answers = await asyncio.gather(
        *(vote(polling, (voter, other)[n % 2], poll, "park") for n in range(20)),
        *(polling.cast((voter, other)[n % 2], poll, approve("park")) for n in range(20)),
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 39
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (1, 1)
    assert code(await vote(polling, other, poll, "park")) == (409, "already-voted"), "and no second receipt"


async def test_it_is_taken_only_where_the_poll_says_so_from_those_who_may_and_as_its_rules_allow(
    polling: PollTown, identity: Identity
) -> None:
    sealed_alone, poll = await polling.open(), await polling.open(eligibility=BOTH)
    assert code(await vote(polling, polling.voter(), sealed_alone, "park")) == (409, "channel-not-open")
    for codes in ((), ("nowhere",), ("park", "park")):
        assert code(await vote(polling, polling.voter(), poll, *codes)) == (422, "ballot-refused")
    assert code(await vote(polling, polling.voter(acr=None), poll, "park")) == (403, "identity-not-verified")
    assert (await vote(polling, polling.service.agent(), poll, "park")).status_code == 403
    assert (await vote(polling, polling.voter(collectivity="lutece"), poll, "park")).status_code == 404
    identity.broken = failing
    assert code(await vote(polling, polling.voter(), poll, "park")) == (503, "service-unavailable")
    identity.broken = None
    polling.when("after")
    assert code(await vote(polling, polling.voter(), poll, "park")) == (409, "poll-not-open")
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (0, 0)


async def test_the_choice_is_nowhere_but_in_the_envelope(polling: PollTown, logged: Callable[[], str]) -> None:
    poll, voter = await polling.open(eligibility=BOTH), polling.voter()
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    pool = polling.service.runtime.database.pool

    async def rows() -> dict[str, list[str]]:
        names = [name for (name,) in await pool.fetch(tables) if await readable(name)]
        return {name: [str(row) for row in await pool.fetch(f'SELECT * FROM "{name}"')] for name in names}

    async def readable(name: str) -> bool:
        return bool(await pool.fetchval("SELECT has_table_privilege($1, 'SELECT')", name))

    before = await rows()
    logged()
    assert (await vote(polling, voter, poll, "bench")).status_code == 200
    after = await rows()
    assert {name for name in after if after[name] != before[name]} == {"poll_roll", "poll_urn"}
    said = logged() + str(after["poll_roll"]) + str(after["poll_urn"])
    assert [word for word in ("bench", voter.subject) if word in said] == []


async def test_everybody_reads_whether_a_vote_stands_for_them_before_the_count_and_after(
    polling: PollTown, identity: Identity
) -> None:
    poll = await polling.open(eligibility={"channels": ["online", "desk", "server"]})
    voter, second, other, abstainer = (polling.voter() for _ in range(4))
    identity.one_person(voter.subject, second.subject)
    assert (await polling.cast(voter, poll, approve("park"))).status_code == 200
    assert (await vote(polling, other, poll, "park")).status_code == 200
    expected = [(True, "online"), (True, "online"), (True, "server"), (False, None)]
    for moment in ("open", "after"):
        polling.when(moment)
        found = [(await entry(polling, who, poll)).json() for who in (voter, second, other, abstainer)]
        assert [(told["voted"], told["channel"]) for told in found] == expected
    assert (await polling.count(poll)).status_code == 201
    assert (await entry(polling, voter, poll)).json()["voted"] is True
    assert (await entry(polling, polling.voter(collectivity="lutece"), poll)).status_code == 404
    identity.people[abstainer.subject] = None
    assert code(await entry(polling, abstainer, poll)) == (403, "identity-not-verified")


async def test_who_is_shut_out_by_a_merge_has_not_voted(polling: PollTown) -> None:
    poll, absorbed, kept = await polling.open(eligibility=BOTH), polling.voter(), polling.voter()
    await hear(polling.service, merged(absorbed, kept))
    assert (await entry(polling, absorbed, poll)).json()["voted"] is False
