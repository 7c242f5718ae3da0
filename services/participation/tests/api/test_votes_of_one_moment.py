# SPDX-License-Identifier: EUPL-1.2
"""Votes of one moment share a question to identity and a statement: each stands, or falls, alone."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
from identity_rolls import Identity, failing
from poll_town import PollTown, approve, sealed_ballot

from parvis_testing import Caller

_ORDER = "(ctid::text::point)[0], (ctid::text::point)[1]"


async def at_once(
    polling: PollTown, voters: list[Caller], poll: dict[str, Any], *ballots: dict[str, str]
) -> list[httpx.Response]:
    """Each votes once, in one moment, and is not told to come back."""
    cast = ballots or [sealed_ballot(poll, approve("park")) for _ in voters]
    path = f"/v1/polls/{poll['id']}/ballots"
    calls = (
        polling.client.post(path, json=ballot, headers=voter.headers)
        for voter, ballot in zip(voters, cast, strict=True)
    )
    return list(await asyncio.gather(*calls))


async def test_identity_is_asked_for_many_at_once_and_one_refusal_is_one_voters(
    polling: PollTown, identity: Identity
) -> None:
    poll, voters = await polling.open(), [polling.voter() for _ in range(30)]
    identity.people[voters[7].subject] = None
    identity.spoiled.add(voters[11].subject)
    answers = await at_once(polling, voters, poll)
    statuses = [answer.status_code for answer in answers]
    assert statuses == [{7: 403, 11: 503}.get(number, 200) for number in range(30)]
    assert int(answers[11].headers["retry-after"]) > 0
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (28, 28)
    assert sum(identity.batches) == 30
    assert len(identity.batches) < 15
    # What failed alone is taken when it comes again.
    identity.spoiled.clear()
    assert [answer.status_code for answer in await at_once(polling, [voters[11]], poll)] == [200]


async def test_while_identity_is_away_all_of_a_moment_are_told_to_come_back(
    polling: PollTown, identity: Identity
) -> None:
    poll, voters = await polling.open(), [polling.voter() for _ in range(20)]
    identity.broken = failing
    answers = await at_once(polling, voters, poll)
    assert {(answer.status_code, int(answer.headers["retry-after"]) > 0) for answer in answers} == {(503, True)}
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (0, 0)
    identity.broken = None
    assert {answer.status_code for answer in await at_once(polling, voters, poll)} == {200}


async def test_polls_of_two_towns_do_not_mix(polling: PollTown, identity: Identity) -> None:
    paris, agent = await polling.open(), polling.service.agent(collectivity="lutece")
    polling.when("before")
    lutece = (await polling.publish(agent, (await polling.create(agent)).json())).json()
    polling.when("open")
    voters = {"paris": [polling.voter() for _ in range(20)]}
    voters["lutece"] = [polling.voter(collectivity="lutece") for _ in range(20)]
    # One person, known in both towns.
    identity.one_person(voters["paris"][0].subject, voters["lutece"][0].subject)
    told = await asyncio.gather(at_once(polling, voters["paris"], paris), at_once(polling, voters["lutece"], lutece))
    assert {answer.status_code for answers in told for answer in answers} == {200}
    assert max(identity.batches) > 1
    pool = polling.service.runtime.database.pool
    for town, poll in (("paris", paris), ("lutece", lutece)):
        keys = {
            bytes.fromhex(
                identity.made(f"participation/poll/{poll['id']}", identity.people.get(one.subject) or one.subject)
            )
            for one in voters[town]
        }
        roll = await pool.fetch(
            "SELECT person_key FROM poll_roll WHERE poll_id = $1 AND collectivity = $2", UUID(poll["id"]), town
        )
        urn = await pool.fetch(
            "SELECT commitment FROM poll_urn WHERE poll_id = $1 AND collectivity = $2", UUID(poll["id"]), town
        )
        assert ({row["person_key"] for row in roll}, len(urn)) == (keys, 20)
        receipts = {
            answer.json()["commitment"]
            for answers in told
            for answer in answers
            if answer.json()["poll_id"] == poll["id"]
        }
        assert {row["commitment"].hex() for row in urn} == receipts
    # Who is of the other town finds no poll there, whoever asks beside them.
    stranger, of_here = polling.voter(), polling.voter(collectivity="lutece")
    assert [answer.status_code for answer in await at_once(polling, [stranger, of_here], lutece)] == [404, 200]


async def test_a_ballot_that_cannot_be_taken_is_refused_alone(polling: PollTown, identity: Identity) -> None:
    poll, voters = await polling.open(), [polling.voter() for _ in range(12)]
    ballots = [sealed_ballot(poll, approve("park")) for _ in voters]
    assert [answer.status_code for answer in await at_once(polling, voters[:1], poll, ballots[0])] == [200]
    # The first comes again with another ballot, the second with the first one's, the third has two accounts.
    identity.one_person(voters[2].subject, voters[3].subject)
    cast = [sealed_ballot(poll, approve("park")), ballots[0], *ballots[2:]]
    answers = await at_once(polling, voters, poll, *cast)
    told = [answer.json().get("code") for answer in answers]
    assert told[:2] == ["already-voted", "commitment-taken"]
    assert sorted(told[2:4], key=str) == [None, "already-voted"]
    assert told[4:] == [None] * 8
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (10, 10)


async def test_votes_of_one_moment_are_written_together_in_an_order_that_says_nothing(polling: PollTown) -> None:
    poll, voters = await polling.open(), [polling.voter() for _ in range(30)]
    await at_once(polling, voters, poll)
    pool = polling.service.runtime.database.pool
    for table, column in (("poll_roll", "person_key"), ("poll_urn", "commitment")):
        rows = await pool.fetch(f"SELECT xmin::text, {column} AS key FROM {table} ORDER BY {_ORDER}")
        together: dict[str, list[bytes]] = {}
        for row in rows:
            together.setdefault(row["xmin"], []).append(row["key"])
        assert len(together) < 15
        assert all(keys == sorted(keys) for keys in together.values())


async def test_a_poll_that_is_called_off_takes_no_ballot_though_it_was_open_a_moment_ago(polling: PollTown) -> None:
    poll = await polling.open()
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    pool = polling.service.runtime.database.pool
    await pool.execute("UPDATE poll SET cancelled_at = now() WHERE id = $1", UUID(poll["id"]))
    refused = await polling.cast(polling.voter(), poll, approve("park"))
    assert (refused.status_code, refused.json()["code"]) == (409, "poll-not-open")
    assert await polling.rows("poll_roll") == 1
