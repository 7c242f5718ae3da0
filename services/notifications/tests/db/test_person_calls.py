# SPDX-License-Identifier: EUPL-1.2
"""Calls of messages to one person: who is called, when, what is said, what is known of it; nobody twice unawares."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from notifications_calls import FIXED, MOBILE, Calls, issued
from notifications_post import changed, merged
from notifications_rings import Rings, around, rung


async def test_who_chose_it_is_called_at_their_number_and_what_became_of_it_is_told(rings: Rings) -> None:
    reader, call = await rung(rings)
    assert call.to == MOBILE
    item = await rings.explained(reader)
    assert (item["outcome"], item["reason"], item["state"], item["finality"]) == ("sent", "chosen", "sent", "open")
    call.answer("human")
    about = (
        "Bonjour. Ici Ville de Paris. Votre demande R-2026-7KQ4-XM7 est prise en charge."
        " Ce message est dans votre boîte de réception, en ligne."
    )
    assert call.said[:2] == [("fr-FR", about)] * 2, "whoever picks up, or a machine, hears no more"
    assert "appuyez sur 1" in call.said[2][1]
    await rings.bringer.key(call, "1")
    text = (
        "Votre demande R-2026-7KQ4-XM7 est prise en charge. Un agent s’occupe désormais de votre demande"
        " R-2026-7KQ4-XM7. Vous n’avez rien à faire. Nous vous écrirons dès qu’il y aura du nouveau."
    )
    told = call.said[3:]
    assert told[0] == ("fr-FR", text)
    assert "appuyez sur 9" in told[1][1]
    await rings.bringer.key(call, "1")
    assert call.said[5:] == told, "as often as they want"
    call.end("completed")
    await rings.bringer.ended(call)
    await rings.ask_due()
    item = await rings.explained(reader)
    assert (item["state"], item["finality"], item["report_status"]) == ("delivered", "final", "completed human")
    assert [(each["provider"], each["outcome"]) for each in item["attempt_log"]] == [("first", "accepted")]
    way = await rings.way()
    assert (way["segments"], way["cost_millicents"], way["ask_at"]) == (1, 3_000, None)
    (told,) = await rings.post.pool.fetch("SELECT data FROM outbox")
    assert json.loads(told["data"])["channel"] == "voice"


async def test_a_call_about_the_register_is_told_by_no_event(rings: Rings) -> None:
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.post.pool.execute("UPDATE message SET template = 'own-entry-made'")
    await rings.call()
    assert len(rings.first.calls()) == 1
    assert (await rings.way())["state"] == "sent"
    assert await rings.post.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_nobody_is_called_who_has_not_chosen_that_not_even_for_what_the_law_has_sent(rings: Rings) -> None:
    usual, unreachable = rings.person(), rings.person(email=None)
    await rings.post.told(usual, "taken")
    await rings.post.told(unreachable, "submitted")
    assert [(await rings.explained(each))["reason"] for each in (usual, unreachable)] == ["not-chosen", "not-chosen"]
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
    assert (item["outcome"], item["reason"]) == ("deferred", "calls-rest"), "whatever it is about"
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
            call.end("completed")
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


async def test_whoever_presses_a_key_was_reached_whatever_the_provider_took_them_for(rings: Rings) -> None:
    reader, call = await rung(rings)
    call.answer("machine_end_beep")
    await rings.bringer.key(call, "3")
    assert call.over
    assert call.said[-1] == ("fr-FR", "Merci, c’est noté.")
    await rings.bringer.ended(call)
    await rings.ask_due()
    assert (await rings.explained(reader))["state"] == "delivered"
    chosen = (await rings.post.get(reader, "/v1/notification-preferences")).json()
    assert chosen["topics"][0]["channels"] == ["voice"]


async def test_a_message_of_somebody_erased_is_said_no_more(rings: Rings) -> None:
    reader, call = await rung(rings)
    call.answer("human")
    await rings.post.service.runtime.persons.destroy(UUID(reader.subject))
    await rings.bringer.key(call, "1")
    assert call.said[3:] == [("fr-FR", "Merci, c’est noté.")]


async def test_nine_ends_the_calls_and_the_person_sees_how_that_came_about(rings: Rings) -> None:
    reader, call = await rung(rings, language="en")
    await rings.post.told(reader, "taken")
    call.answer("human")
    for _ in range(2):
        await rings.bringer.key(call, "9")
    assert call.said[-1] == ("en-GB", "That is noted. Your messages will be in your inbox, online.")
    chosen = (await rings.post.get(reader, "/v1/notification-preferences")).json()
    assert {channel for topic in chosen["topics"] for channel in topic["channels"]} == {"email"}
    newest = (await rings.post.get(reader, "/v1/notification-preference-changes")).json()["items"][0]
    assert (newest["way"], newest["channels"]) == ("stop", [])
    await rings.call()
    assert (len(rings.first.calls()), (await rings.explained(reader))["last_reply"]) == (1, "not-chosen")


async def test_what_waits_goes_no_more_once_calls_are_not_chosen(rings: Rings) -> None:
    reader = rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.choose(reader, "email")
    await rings.call()
    assert (rings.first.calls(), (await rings.explained(reader))["last_reply"]) == ([], "not-chosen")


async def test_a_key_is_taken_of_its_provider_alone(rings: Rings) -> None:
    reader, call = await rung(rings)
    call.answer("human")
    path = (call.action or "").partition("://")[2].partition("/")[2]
    fields = {"CallSid": call.sid, "Digits": "9"}
    answer = await rings.post.client.post(f"/{path}", data=fields, headers={"X-Twilio-Signature": "forged"})
    assert answer.status_code == 401
    chosen = (await rings.post.get(reader, "/v1/notification-preferences")).json()
    assert chosen["topics"][0]["channels"] == ["voice"]


async def test_alerts_call_first(rings: Rings, calls: Calls) -> None:
    reader = rings.person(FIXED)
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await calls.person(MOBILE)
    await issued(calls)
    await rings.call()
    assert (rings.first.calls(), (await rings.explained(reader))["state"]) == ([], "pending")
    await calls.call()
    await rings.later()
    await rings.call()
    assert [call.to for call in rings.first.calls()] == [FIXED, MOBILE], "the newest first"


async def test_what_takes_too_long_to_say_ends_with_where_the_rest_is(rings: Rings) -> None:
    reader = rings.person()
    await rings.choose(reader, "voice")
    rings.post.owners.replies["01a20ddd-7f10-7c15-8d9e-0b7a54f0a6c2"] = "Voici une phrase de la réponse. " * 80
    await rings.post.told(reader, "replied")
    await rings.call()
    (call,) = rings.first.calls()
    call.answer("human")
    assert "phrase de la réponse" not in str(call.said)
    await rings.bringer.key(call, "1")
    assert call.said[3][1].endswith("Vous trouverez la suite dans votre boîte de réception, en ligne.")
    assert len(call.said[3][1]) < 1_300


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


@pytest.mark.parametrize("joined", [False, True])
async def test_a_second_call_goes_to_the_number_of_then(rings: Rings, *, joined: bool) -> None:
    reader, call = await rung(rings)
    if joined:
        await rings.post.hear(merged(reader, rings.person(FIXED)))
    else:
        rings.post.owners.contacts[reader.subject]["phone"] = FIXED
        await rings.post.hear(changed(reader, "phone"))
    call.end("busy")
    await rings.ask()
    await rings.later()
    await rings.call()
    assert [call.to for call in rings.first.calls()] == [FIXED, MOBILE], "the newest first"


@pytest.mark.parametrize("then", ["changed", "merged", "ended"])
async def test_nothing_is_said_to_a_number_in_doubt_nor_after_the_call(rings: Rings, then: str) -> None:
    reader, call = await rung(rings)
    call.answer("human")
    if then == "changed":
        rings.post.owners.contacts[reader.subject]["phone"] = FIXED
        await rings.post.hear(changed(reader, "phone"))
    elif then == "merged":
        await rings.post.hear(merged(reader, rings.person(FIXED)))
    else:
        await rings.post.pool.execute("UPDATE voice_call SET ended_at = now()")
    await rings.bringer.key(call, "1")
    assert [said for _, said in call.said[3:]] == ["Ce message est dans votre boîte de réception, en ligne."]


async def test_the_words_of_a_call_go_with_the_account_into_another(rings: Rings) -> None:
    reader, other = rings.person(), rings.person()
    await rings.choose(reader, "voice")
    await rings.post.told(reader, "taken")
    await rings.post.hear(merged(reader, other))
    key = await rings.post.service.runtime.persons.of(UUID(other.subject))
    sealed = await rings.post.pool.fetchval("SELECT voice FROM message")
    assert "prise en charge" in key.open("message.voice", sealed)


async def test_calls_are_exported_and_counted_with_their_minutes_and_cost(rings: Rings) -> None:
    _, call = await rung(rings)
    call.answer("human")
    call.end("completed")
    await rings.ask()
    agent, today = rings.post.service.agent(), datetime.now(UTC).date()
    days = {"from": str(today - timedelta(days=1)), "until": str(today + timedelta(days=1))}
    figures = await rings.post.client.get("/v1/delivery-figures", params=days, headers=agent.headers)
    (figure,) = figures.json()["items"]
    assert (figure["channel"], figure["finality"]) == ("voice", "final")
    assert (figure["segments"], figure["cost_millicents"]) == (1, 3_000)
    records = await rings.post.client.get("/v1/delivery-records", params=days, headers=agent.headers)
    assert ",voice," in records.text
    assert MOBILE.removeprefix("+33") not in records.text
