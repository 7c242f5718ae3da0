# SPDX-License-Identifier: EUPL-1.2
"""Calls of which nobody knows whether they were made: none is left out, and nobody is called twice for that."""

import pytest
from notifications_calls import MOBILE, Calls, called, issued

from parvis_local.voicesink.faults import Fault

# As a worker leaves it that is killed between the provider's answer and its record, and before it knew the provider.
KILLED = (
    "UPDATE broadcast_delivery SET state = 'sending', claim = gen_random_uuid(), sent_at = NULL, due_at = now(),"
    " ask_at = NULL, provider_reference = NULL WHERE channel = 'voice'"
)
FORGOTTEN = "UPDATE voice_call SET reference = NULL, status = NULL"


async def test_another_provider_steps_in_and_a_number_that_is_none_is_final(calls: Calls) -> None:
    calls.first.faults = [Fault.AWAY]
    await calls.person()
    await issued(calls)
    await calls.call()
    assert ([call.to for call in calls.second.calls()], calls.first.calls()) == ([MOBILE], [])
    rows = await calls.post.pool.fetch(
        "SELECT provider, status, reference IS NULL AS none FROM voice_call ORDER BY number"
    )
    assert [tuple(row) for row in rows] == [("first", "503 20503", True), ("second", "queued", False)]
    await calls.post.pool.execute(
        "UPDATE broadcast_delivery SET state = 'pending', due_at = now(), handed_over_at = NULL"
    )
    calls.first.faults = [Fault.NO_NUMBER]
    await calls.call()
    assert await calls.states() == ["failed"]


async def test_a_call_whose_answer_was_lost_is_looked_up_and_not_made_again(calls: Calls) -> None:
    calls.first.faults = [Fault.UNANSWERED]
    await calls.person()
    await issued(calls)
    await calls.call(voice_settle_seconds=120.0)
    assert await calls.states() == ["unknown"]
    await calls.later()
    await calls.call(voice_settle_seconds=120.0)
    assert (await calls.states(), len(calls.first.calls()), calls.second.calls()) == (["sent"], 1, [])


async def test_a_call_that_no_provider_has_is_made_again_after_a_while(calls: Calls) -> None:
    calls.first.faults = [Fault.UNANSWERED]
    await calls.person()
    await issued(calls)
    await calls.call(voice_settle_seconds=120.0)
    calls.first.store.forget(calls.first.calls()[0].sid)
    await calls.later()
    await calls.call(voice_settle_seconds=120.0)
    assert await calls.states() == ["unknown"], "whoever made it may still be at it"
    await calls.later()
    await calls.call()
    await calls.later()
    await calls.call()
    assert (await calls.states(), len(calls.first.calls())) == (["sent"], 1)


async def test_while_its_provider_is_away_a_call_in_doubt_waits_and_no_other_takes_it(calls: Calls) -> None:
    calls.first.faults = [Fault.UNANSWERED]
    await calls.person()
    await issued(calls)
    await calls.call()
    away = (calls.first.settings("wrong"), calls.second.settings())
    await calls.later()
    await calls.call(voice_providers=away)
    assert (await calls.states(), calls.second.calls()) == (["unknown"], [])


@pytest.mark.parametrize("forgotten", [True, False])
async def test_a_worker_that_was_killed_after_the_call_makes_no_second_one(calls: Calls, *, forgotten: bool) -> None:
    await called(calls)
    await calls.post.pool.execute(KILLED)
    if forgotten:
        await calls.post.pool.execute(FORGOTTEN)
    await calls.call()
    assert (await calls.states(), len(calls.first.calls())) == (["sent"], 1)


async def test_a_worker_that_was_killed_before_the_call_leaves_nobody_out(calls: Calls) -> None:
    call = await called(calls)
    calls.first.store.forget(call.sid)
    await calls.post.pool.execute(KILLED)
    await calls.post.pool.execute(FORGOTTEN)
    await calls.call()
    await calls.later()
    await calls.call()
    assert (await calls.states(), len(calls.first.calls())) == (["sent"], 1)


async def test_what_a_provider_brings_of_a_call_in_doubt_says_that_it_has_it(calls: Calls) -> None:
    call = await called(calls)
    await calls.post.pool.execute(KILLED)
    await calls.post.pool.execute(FORGOTTEN)
    await calls.post.pool.execute("UPDATE broadcast_delivery SET state = 'unknown', due_at = now() + interval '1 day'")
    call.end("busy")
    await calls.bringer.ended(call)
    await calls.call(voice_providers=(calls.first.settings("wrong"),))
    assert await calls.states() == ["sent"], "nobody had to be asked for its name"
    await calls.ask()
    assert await calls.states() == ["retry"]


async def test_two_calls_in_doubt_are_not_found_in_one(calls: Calls) -> None:
    await calls.person()
    for _ in range(2):
        await issued(calls)
    calls.first.faults = [Fault.UNANSWERED, Fault.UNANSWERED]
    await calls.call()
    await calls.later()
    await calls.call()
    rows = await calls.post.pool.fetch("SELECT provider_reference FROM broadcast_delivery")
    assert {row[0] for row in rows} == {call.sid for call in calls.first.calls()}
    assert len(calls.first.calls()) == 2


async def test_a_call_whose_end_nobody_tells_is_in_doubt_for_good_and_holds_no_alert_open(calls: Calls) -> None:
    await called(calls)
    pool = calls.post.pool
    await pool.execute("UPDATE voice_call SET began_at = began_at - interval '3 days'")
    past = "UPDATE broadcast_delivery SET sent_at = sent_at - interval '3 days', due_at = due_at - interval '3 days'"
    await pool.execute(past)
    await calls.call()
    part = await calls.part()
    assert (part["state"], part["last_reply"], part["due_at"].year > 9_000) == ("unknown", "no-end", True)
    assert len(calls.first.calls()) == 1, "and is not made again"
    assert await pool.fetchval("SELECT state FROM broadcast") == "done"


async def test_no_key_is_no_answer(calls: Calls) -> None:
    call = await called(calls)
    call.answer("human")
    await calls.bringer.key(call, "")
    assert not call.over, "it may still answer"
    row = await calls.post.pool.fetchrow("SELECT key, (SELECT acknowledged_at FROM recipient) AS heard FROM voice_call")
    assert tuple(row or ()) == (None, None)
    await calls.bringer.key(call, "2")
    assert await calls.post.pool.fetchval("SELECT answer FROM recipient") == "help"
