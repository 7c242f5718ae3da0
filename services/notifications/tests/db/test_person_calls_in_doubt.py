# SPDX-License-Identifier: EUPL-1.2
"""Calls of messages to one person of which nobody knows whether they were made: none is left out, nor made twice."""

from typing import Any

import pytest
from notifications_calls import FIXED, MOBILE
from notifications_post import changed
from notifications_rings import Rings, rung

from parvis_local.voicesink.faults import Fault
from parvis_notifications.db.person_calls import PersonCalls
from parvis_notifications.outgoing.twilio_voice import TwilioVoice
from parvis_notifications.service.ask_about_person_calls import PersonCallAsker


async def test_another_provider_steps_in_and_a_number_that_is_none_is_final(rings: Rings) -> None:
    rings.first.faults = [Fault.AWAY]
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.call()
    assert ([call.to for call in rings.second.calls()], rings.first.calls()) == ([MOBILE], [])
    item = await rings.explained(reader)
    assert [(each["provider"], each["outcome"]) for each in item["attempt_log"]] == [
        ("first", "deferred"),
        ("second", "accepted"),
    ]
    rings.first.faults = [Fault.NO_NUMBER]
    await rings.post.told(reader, "taken")
    await rings.call()
    item = await rings.explained(reader)
    assert (item["state"], item["finality"], item["last_reply"]) == ("failed", "final", "bad-address")


async def test_a_call_whose_answer_was_lost_is_looked_up_and_not_made_again(rings: Rings) -> None:
    rings.first.faults = [Fault.UNANSWERED]
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.call()
    assert ((await rings.explained(reader))["state"], len(rings.first.calls())) == ("unknown", 1)
    await rings.later()
    await rings.call()
    await rings.ask(voice_settle_seconds=120.0)
    assert ((await rings.explained(reader))["state"], len(rings.first.calls())) == ("sent", 1)
    assert rings.second.calls() == []


async def test_a_call_in_doubt_is_known_by_what_is_brought_of_it(rings: Rings) -> None:
    rings.first.faults = [Fault.UNANSWERED]
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.call()
    (call,) = rings.first.calls()
    call.answer("human")
    await rings.bringer.ended(call)
    call.end("completed")
    for _ in range(2):
        await rings.bringer.ended(call)
        await rings.ask_due()
    assert (await rings.explained(reader))["state"] == "delivered"


async def test_a_call_that_no_provider_has_is_made_again_after_a_while(rings: Rings) -> None:
    rings.first.faults = [Fault.UNANSWERED]
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.call()
    rings.first.store.forget(rings.first.calls()[0].sid)
    await rings.ask(voice_settle_seconds=120.0)
    assert (await rings.explained(reader))["state"] == "unknown", "whoever made it may still be at it"
    await rings.ask()
    await rings.call()
    item = await rings.explained(reader)
    assert ([each["outcome"] for each in item["attempt_log"]], item["state"]) == (["not-taken", "accepted"], "sent")
    assert len(rings.first.calls()) == 1


async def test_what_no_provider_has_goes_to_the_number_of_then(rings: Rings) -> None:
    rings.first.faults = [Fault.UNANSWERED]
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.call()
    rings.first.store.forget(rings.first.calls()[0].sid)
    rings.post.owners.contacts[reader.subject]["phone"] = FIXED
    await rings.post.hear(changed(reader, "phone"))
    await rings.ask()
    await rings.call()
    assert [call.to for call in rings.first.calls()] == [FIXED]


async def test_an_answer_about_a_former_call_says_nothing_of_the_present_one(
    rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker asks, and is slow; meanwhile another has the call made again, and its answer is lost as well."""
    rings.first.faults = [Fault.UNANSWERED]
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.call()
    rings.first.store.forget(rings.first.calls()[0].sid)
    whole = PersonCallAsker._found  # noqa: SLF001 - where the provider is asked

    async def slow(self: PersonCallAsker, asking: Any) -> str | None:
        monkeypatch.setattr(PersonCallAsker, "_found", whole)
        found = await whole(self, asking)
        await rings.ask()
        rings.first.faults = [Fault.UNANSWERED]
        await rings.call()
        return found

    monkeypatch.setattr(PersonCallAsker, "_found", slow)
    await rings.ask()
    assert (await rings.explained(reader))["state"] == "unknown"
    await rings.call()
    await rings.ask()
    assert ((await rings.explained(reader))["state"], len(rings.first.calls())) == ("sent", 1)


async def test_what_has_no_open_call_is_asked_about_for_so_long_alone(rings: Rings) -> None:
    await rung(rings)
    await rings.post.pool.execute("UPDATE voice_call SET ended_at = now()")
    await rings.post.pool.execute("UPDATE delivery SET handed_over_at = now() - interval '3 days', ask_at = now()")
    await rings.ask(voice_ask_hours=48)
    assert (await rings.way())["ask_at"] is None


class Died(BaseException):
    """The worker was killed here."""


@pytest.mark.parametrize("step", ["before-begin", "before-submit", "after-submit", "after-taken", "after-refused"])
async def test_whenever_the_worker_dies_somebody_is_called_once(
    rings: Rings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: dict[str, tuple[type, str, bool]] = {
        "before-begin": (PersonCalls, "begin_of", False),
        "before-submit": (TwilioVoice, "submit", False),
        "after-submit": (TwilioVoice, "submit", True),
        "after-taken": (PersonCalls, "taken_of", True),
        "after-refused": (PersonCalls, "refused", True),
    }
    class_, name, done = where[step]
    whole = getattr(class_, name)
    rings.first.faults = [Fault.AWAY] if step == "after-refused" else []

    async def dying(*args: Any, **more: Any) -> None:
        if done:
            await whole(*args, **more)
        raise Died

    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    with monkeypatch.context() as patched:
        patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await rings.call()
    for _ in range(3):
        await rings.later()
        await rings.call()
        await rings.ask()
    assert len(rings.first.calls() + rings.second.calls()) == 1
    assert (await rings.explained(reader))["state"] == "sent"
    assert await rings.post.pool.fetchval("SELECT count(*) FROM outbox") == 1
