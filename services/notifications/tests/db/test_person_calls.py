# SPDX-License-Identifier: EUPL-1.2
"""Calls of messages to one person: who is called, when, what is said, what is known of it; nobody twice unawares."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from notifications_calls import FIXED, MOBILE
from notifications_post import changed, merged
from notifications_rings import Rings, around, rung

from parvis_local.voicesink.faults import Fault
from parvis_notifications.db.person_calls import PersonCalls
from parvis_notifications.outgoing.twilio_voice import TwilioVoice


async def test_who_chose_it_is_called_at_their_number_and_what_became_of_it_is_told(rings: Rings) -> None:
    reader, call = await rung(rings)
    assert call.to == MOBILE
    item = await rings.explained(reader)
    assert (item["outcome"], item["reason"], item["state"], item["finality"]) == ("sent", "chosen", "sent", "open")
    call.answer("human")
    text = (
        "Bonjour. Ici Ville de Paris. Votre demande R-2026-7KQ4-XM7 est prise en charge. Un agent s’occupe désormais"
        " de votre demande R-2026-7KQ4-XM7. Vous n’avez rien à faire. Nous vous écrirons dès qu’il y aura du nouveau."
    )
    assert call.said == [("fr-FR", text)] * 2
    assert call.over, "nobody waits for a key"
    await rings.bringer.ended(call)
    await rings.ask_due()
    item = await rings.explained(reader)
    assert (item["state"], item["finality"], item["report_status"]) == ("delivered", "final", "completed human")
    assert [(each["provider"], each["outcome"]) for each in item["attempt_log"]] == [("first", "accepted")]
    way = await rings.way()
    assert (way["segments"], way["cost_millicents"], way["ask_at"]) == (1, 3_000, None)
    (told,) = await rings.post.pool.fetch("SELECT data FROM outbox")
    assert json.loads(told["data"])["channel"] == "voice"


async def test_nobody_is_called_who_has_not_chosen_that_not_even_for_what_the_law_has_sent(rings: Rings) -> None:
    usual, unreachable = rings.person(), rings.person(email=None)
    await rings.post.told(usual, "taken")
    await rings.post.told(unreachable, "submitted")
    assert [(await rings.explained(each))["reason"] for each in (usual, unreachable)] == ["no-address", "no-address"]
    chooser = rings.person(phone=None)
    await rings.choose(chooser, "voice")
    await rings.post.told(chooser, "taken")
    assert (await rings.explained(chooser))["reason"] == "no-address"
    await rings.call()
    assert rings.first.calls() == []


async def test_while_people_rest_calls_wait_and_quiet_hours_of_their_own_count_instead(rings: Rings) -> None:
    now = datetime.now(UTC)
    rings.post.more |= around(now)
    legal = rings.person()
    await rings.choose(legal, "voice")
    await rings.post.told(legal, "submitted")
    item = await rings.explained(legal)
    assert (item["outcome"], item["reason"]) == ("deferred", "quiet-hours"), "whatever it is about"
    owl = rings.person()
    hours = {
        "begins": (now + timedelta(hours=2)).strftime("%H:%M"),
        "ends": (now + timedelta(hours=3)).strftime("%H:%M"),
    }
    await rings.choose(owl, "voice", quiet={**hours, "time_zone": "UTC"})
    await rings.post.told(owl, "taken")
    assert (await rings.explained(owl))["outcome"] == "sent"
    await rings.call()
    assert len(rings.first.calls()) == 1


async def test_a_second_call_does_not_come_into_the_rest(rings: Rings) -> None:
    reader, call = await rung(rings)
    call.end("busy")
    await rings.ask()
    await rings.later()
    await rings.call(**around(datetime.now(UTC)))
    assert len(rings.first.calls()) == 1
    item = await rings.explained(reader)
    assert (item["state"], item["last_reply"]) == ("retry", "quiet-hours")
    await rings.later()
    await rings.call()
    assert len(rings.first.calls()) == 2


@pytest.mark.parametrize("ended", ["busy", "no-answer", "machine_end_beep"])
async def test_who_is_not_reached_is_called_again_a_few_times_and_the_event_is_told_once(
    rings: Rings, ended: str
) -> None:
    reader, call = await rung(rings)
    for attempt in range(1, 4):
        if ended.startswith("machine"):
            call.answer(ended)
        else:
            call.end(ended)
        await rings.bringer.ended(call)
        await rings.ask_due()
        item = await rings.explained(reader)
        assert item["state"] == ("bounced" if attempt == 3 else "retry"), attempt
        await rings.call()
        assert len(rings.first.calls()) == attempt, "not before the pause is over"
        await rings.later()
        await rings.call()
        call = rings.first.calls()[0]
    assert len(rings.first.calls()) == 3
    assert await rings.post.pool.fetchval("SELECT count(*) FROM outbox") == 1
    assert (await rings.explained(reader))["attempts"] == 3
    expected = 9_000 if ended.startswith("machine") else 0
    assert (await rings.way())["cost_millicents"] == expected, "each begun minute is paid for"


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
    for _ in range(2):
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


async def test_alerts_call_first(rings: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")

    async def calling(_: PersonCalls) -> bool:
        return True

    with monkeypatch.context() as patched:
        patched.setattr(PersonCalls, "alerts_call", calling)
        await rings.call()
    assert (rings.first.calls(), (await rings.explained(reader))["last_reply"]) == ([], "alerts-first")
    await rings.later()
    await rings.call()
    assert len(rings.first.calls()) == 1


async def test_a_call_that_nobody_needs_any_more_is_not_made_and_one_goes_to_the_number_of_then(rings: Rings) -> None:
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    rings.post.owners.contacts[reader.subject]["phone"] = FIXED
    await rings.post.hear(changed(reader, "phone"))
    await rings.call()
    assert [call.to for call in rings.first.calls()] == [FIXED]
    await rings.post.told(reader, "taken")
    await rings.post.pool.execute("UPDATE delivery SET useless_at = now() WHERE state = 'pending'")
    await rings.call()
    assert ((await rings.explained(reader))["last_reply"], len(rings.first.calls())) == ("too-late", 1)


async def test_the_words_of_a_call_go_with_the_account_into_another(rings: Rings) -> None:
    reader, other = rings.person(), rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.post.hear(merged(reader, other))
    key = await rings.post.service.runtime.persons.of(UUID(other.subject))
    sealed = await rings.post.pool.fetchval("SELECT voice FROM message")
    assert "prise en charge" in key.open("message.voice", sealed)
