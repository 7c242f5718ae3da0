# SPDX-License-Identifier: EUPL-1.2
"""A person votes once whatever the account, an account once whoever it is said to be of; identity says who is who."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from identity_rolls import Identity, failing, gibberish, never, no_such_path, too_short
from poll_town import PollTown, approve, sealed_ballot

from parvis_kit.problems import Problem
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.seals import Seals
from parvis_participation.settings import Settings


async def test_the_same_ballot_from_two_accounts_of_one_person_has_one_receipt(
    polling: PollTown, identity: Identity
) -> None:
    poll, voter, other = await polling.open(), polling.voter(), polling.voter()
    identity.one_person(voter.subject, other.subject)
    ballot = sealed_ballot(poll, approve("park"))
    answers = await asyncio.gather(*(polling.cast((voter, other)[n % 2], poll, ballot) for n in range(20)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (1, 1)


async def test_an_account_votes_once_though_its_civil_status_is_corrected_meanwhile(
    polling: PollTown, identity: Identity
) -> None:
    poll, voter = await polling.open(), polling.voter()
    ballot = sealed_ballot(poll, approve("park"))
    first = await polling.cast(voter, poll, ballot)
    identity.people[voter.subject] = "the same person by another name"
    second = await polling.cast(voter, poll, approve("bench"))
    assert (second.status_code, second.json()["code"]) == (409, "already-voted")
    assert (await polling.cast(voter, poll, ballot)).content == first.content
    assert await polling.rows("poll_roll") == 1


async def test_who_voted_before_identity_made_keys_does_not_vote_again(polling: PollTown) -> None:
    poll, voter = await polling.open(), polling.voter()
    account = Seals(polling.service.runtime.master).account_key(UUID(poll["id"]), voter.person)
    # What the version before wrote, and writes while both run.
    await polling.service.runtime.database.pool.execute(
        "INSERT INTO poll_roll (poll_id, person_key, collectivity) VALUES ($1, $2, 'paris')", UUID(poll["id"]), account
    )
    refused = await polling.cast(voter, poll, approve("park"))
    assert (refused.status_code, refused.json()["code"]) == (409, "already-voted")
    assert await polling.rows("poll_urn") == 0


async def test_each_vote_asks_for_a_key_of_its_own(polling: PollTown, identity: Identity) -> None:
    voter = polling.voter()
    polls = [await polling.open() for _ in range(2)]
    for poll in polls:
        assert (await polling.cast(voter, poll, approve("park"))).status_code == 200
    asked = [(question["person"], question["label"]) for question in identity.asked]
    assert asked == [(voter.subject, f"participation/poll/{poll['id']}") for poll in polls]
    # One token for all of them, and no question about somebody who could not vote anyway.
    assert len(identity.tokens) <= 1
    polling.when("after")
    await polling.cast(voter, polls[0], approve("park"))
    assert len(identity.asked) == len(polls)


async def test_whom_identity_does_not_vouch_for_does_not_vote(polling: PollTown, identity: Identity) -> None:
    poll, voter = await polling.open(), polling.voter()
    identity.people[voter.subject] = None
    refused = await polling.cast(voter, poll, approve("park"))
    assert (refused.status_code, refused.json()["code"]) == (403, "identity-not-verified")
    assert await polling.rows("poll_roll") == 0


@pytest.mark.parametrize("broken", [failing, gibberish, too_short, no_such_path])
async def test_while_identity_does_not_answer_as_agreed_nothing_is_written(
    polling: PollTown, identity: Identity, broken: Callable[[], Awaitable[web.Response]], logged: Callable[[], str]
) -> None:
    poll, voter = await polling.open(), polling.voter()
    ballot = sealed_ballot(poll, approve("park"))
    identity.broken = broken
    logged()
    path = f"/v1/polls/{poll['id']}/ballots"
    answer = await polling.client.post(path, json=ballot, headers=voter.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "service-unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert (await polling.rows("poll_roll"), await polling.rows("poll_urn")) == (0, 0)
    said = logged()
    assert "roll_keys_unavailable" in said
    assert voter.subject not in said
    identity.broken = None
    assert (await polling.cast(voter, poll, ballot)).status_code == 200


async def test_an_identity_that_is_slow_or_away_is_not_waited_for(
    participation_settings: Settings, identity: Identity
) -> None:
    identity.broken = never
    async with RollKeys(participation_settings, seconds=0.1) as keys:
        with pytest.raises(Problem) as slow:
            await keys.of(uuid4(), uuid4())
    away = participation_settings.model_copy(update={"identity_internal_url": "http://127.0.0.1:9"})
    async with RollKeys(away) as keys:
        with pytest.raises(Problem) as gone:
            await keys.of(uuid4(), uuid4())
    assert (slow.value.kind.status, gone.value.kind.status) == (503, 503)


async def test_a_token_that_identity_no_longer_takes_is_fetched_anew(
    participation_settings: Settings, identity: Identity
) -> None:
    poll, person = uuid4(), uuid4()
    async with RollKeys(participation_settings) as keys:
        first = await keys.of(poll, person)
        identity.tokens.append("of another process")
        assert await keys.of(poll, person) == first
