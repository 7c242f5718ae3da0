# SPDX-License-Identifier: EUPL-1.2
import asyncio
import os
import time
from typing import Any

import pytest
from poll_town import MOST, PollTown, approve, sealed_ballot

from parvis_participation.domain.paper import fold, paper_size
from parvis_participation.domain.poll_count import CountFailedError
from parvis_participation.service import count_apart, count_poll
from parvis_testing import ISSUER


async def test_two_of_three_members_count_a_closed_poll_once(polling: PollTown) -> None:
    poll = await polling.open()
    for choice in [approve("park", "bench")] * 3 + [approve("lamp", "park")] * 2 + [approve("lamp")]:
        assert (await polling.cast(polling.voter(), poll, choice)).status_code == 200
    early = await polling.count(poll)
    assert (early.status_code, early.json()["code"]) == (409, "poll-not-countable")
    polling.when("after")
    path = f"/v1/collectivities/paris/polls/{poll['id']}/results"
    assert (await polling.client.get(path)).json()["code"] == "poll-not-counted"
    assert (await polling.file(poll, "urn.csv")).json()["code"] == "poll-not-counted"
    counted = await polling.count(poll, 1, 3)
    assert counted.status_code == 201
    results = (await polling.client.get(path, headers={"Accept-Language": "en"})).json()
    assert (results["voters"], results["spoiled"], results["results"][0]["ballots"]) == (6, 0, 6)
    outcomes = results["results"][0]["outcomes"]
    assert {o["code"]: (o["chosen"], o["score"]) for o in outcomes}["park"] == (True, 5)
    assert outcomes[0]["explanation"] == ("Chosen: 5 votes or points; €100,000 was left and the project costs €60,000.")
    assert (await polling.count(poll)).json()["code"] == "poll-not-countable"
    assert (await polling.file(poll, "urn.csv")).text == "3;bench:1;park:1\n2;lamp:1;park:1\n1;lamp:1\n"
    late = await polling.cast(polling.voter(), poll, approve("park"))
    assert late.json()["code"] == "poll-not-open"


async def test_who_opens_the_urn_has_just_signed_in_by_more_than_a_password(polling: PollTown) -> None:
    poll = await polling.open()
    await polling.cast(polling.voter(), poll, approve("park"))
    polling.when("after")
    for claims in ({"auth_time": 1}, {"acr": "urn:parvis:acr:local"}):
        refused = await polling.count(poll, agent=polling.service.agent(**claims))
        assert (refused.status_code, refused.json()["code"]) == (401, "insufficient-user-authentication")
        assert refused.headers["www-authenticate"] == (
            'Bearer error="insufficient_user_authentication",'
            ' acr_values="eidas1 https://proconnect.gouv.fr/assurance/consistency-checked urn:parvis:acr:local-mfa"'
            f', max_age=900, resource_metadata="{ISSUER}/.well-known/oauth-protected-resource"'
        )
    second_factor = polling.service.agent(acr="eidas1-mfa", auth_time=int(time.time()))
    assert (await polling.count(poll, agent=second_factor)).status_code == 201


async def test_too_few_or_other_shares_open_nothing(polling: PollTown) -> None:
    poll = await polling.open()
    await polling.cast(polling.voter(), poll, approve("park"))
    polling.when("after")
    number, share = polling.shares[0]
    for second in (number, 2):
        shares = [{"number": number, "share": share.hex()}, {"number": second, "share": "0" * 32}]
        refused = await polling.client.post(
            f"/v1/polls/{poll['id']}/counts",
            json={"shares": shares},
            headers=polling.headers(polling.service.agent()),
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "wrong-shares")
    assert await polling.rows("poll_choice") == 0


async def test_a_ballot_that_says_nothing_allowed_is_spoiled_and_counted_as_such(polling: PollTown) -> None:
    poll = await polling.open()
    size, nonce = paper_size(MOST), os.urandom(32)
    contents = [
        fold(approve("park", "park"), nonce, MOST),
        fold(approve("nowhere"), nonce, MOST),
        fold((("park", 2),), nonce, MOST),
        (nonce + b"no JSON").ljust(size),
        (nonce + b"[[1,2]]").ljust(size),
        (nonce + b"[" * 70).ljust(size),
        os.urandom(size),
    ]
    ballots = [sealed_ballot(poll, (), content) for content in contents]
    # An envelope under a commitment that is not its own.
    ballots.append(sealed_ballot(poll, approve("park")) | {"commitment": "ab" * 32})
    for ballot in [*ballots, sealed_ballot(poll, approve("bench"))]:
        assert (await polling.cast(polling.voter(), poll, ballot)).status_code == 200
    polling.when("after")
    counted = (await polling.count(poll)).json()
    assert (counted["voters"], counted["spoiled"], counted["results"][0]["ballots"]) == (9, 8, 1)


async def test_an_altered_poll_is_not_counted(polling: PollTown) -> None:
    poll = await polling.open()
    polling.when("after")
    await polling.service.runtime.database.pool.execute('UPDATE poll SET budgets = \'[{"area": null, "amount": "1"}]\'')
    refused = await polling.count(poll)
    assert (refused.status_code, refused.json()["code"]) == (409, "poll-altered")


async def test_two_counts_at_once_make_one(polling: PollTown) -> None:
    poll = await polling.open()
    await polling.cast(polling.voter(), poll, approve("park"))
    polling.when("after")
    answers = await asyncio.gather(*(polling.count(poll) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    told = "SELECT count(*) FROM outbox WHERE type LIKE '%poll-counted%'"
    assert await polling.service.runtime.database.pool.fetchval(told) == 1


async def test_a_poll_that_nobody_took_part_in_is_counted_too(polling: PollTown) -> None:
    poll = await polling.open(method={"rule": "equal-shares"})
    polling.when("after")
    counted = (await polling.count(poll)).json()
    assert (counted["voters"], [o["chosen"] for o in counted["results"][0]["outcomes"]]) == (0, [False] * 3)
    assert (await polling.file(poll, "commitments.txt")).text == ""


async def test_a_ballot_on_its_way_at_the_close_is_opened_with_the_others_and_no_row_is_held_meanwhile(
    polling: PollTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = await polling.open()
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    polling.when("after")
    opened = []

    async def slowly(vote: Any, *, seconds: float, urn: count_apart.SealedUrn) -> count_apart.Counted:
        counted = await count_apart.count_apart(vote, seconds=seconds, urn=urn)
        opened.append(len(urn.envelopes))
        if len(opened) == 1:
            polling.when("open")
            assert (await polling.cast(polling.voter(), poll, approve("lamp"))).status_code == 200
            polling.when("after")
        return counted

    monkeypatch.setattr(count_poll, "count_apart", slowly)
    counted = await polling.count(poll)
    assert (counted.status_code, counted.json()["voters"], opened) == (201, 2, [1, 2])
    assert (await polling.file(poll, "urn.csv")).text == "1;lamp:1\n1;park:1\n"
    signed = await polling.service.runtime.database.pool.fetchval("SELECT max(size) FROM poll_root")
    assert (signed, await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (2, 2, 2)


async def test_a_count_that_comes_to_no_end_leaves_a_poll_that_is_counted_later(
    polling: PollTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll = await polling.open()
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    polling.when("after")
    with monkeypatch.context() as patched:
        patched.setattr(count_apart, "_PROGRAM", "this_program_is_not_there")
        refused = await polling.count(poll)
    assert (refused.status_code, refused.json()["code"]) == (503, "count-not-finished")
    assert refused.headers["retry-after"] == "60"
    sealed = await polling.service.runtime.database.pool.fetchval("SELECT count(*) FROM poll_urn WHERE sealed <> ''")
    assert (await polling.rows("poll_choice"), sealed) == (0, 1)
    assert (await polling.count(poll)).json()["voters"] == 1


async def test_a_count_ends_with_its_time() -> None:
    vote = count_apart.Vote([], [], {}, {}, b"seed", {})
    with pytest.raises(CountFailedError, match="time"):
        await count_apart.count_apart(vote, seconds=0.001)


async def test_the_same_call_again_is_answered_as_the_first(polling: PollTown) -> None:
    poll = await polling.open()
    await polling.cast(polling.voter(), poll, approve("park"))
    polling.when("after")
    shares = {"shares": [{"number": number, "share": share.hex()} for number, share in polling.shares[:2]]}
    agent = polling.service.agent()
    path, headers = f"/v1/polls/{poll['id']}/counts", polling.headers(agent)
    first, again = [await polling.client.post(path, json=shares, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
