# SPDX-License-Identifier: EUPL-1.2
"""Alerts that call people: what is said, what a key answers, who is called again, and nobody twice unawares."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from notifications_calls import FIXED, MOBILE, SECRET, Calls, called, issued
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, place

from parvis_local.signed_forms import signature


async def answers(calls: Calls) -> dict[str, int]:
    alert = await calls.post.pool.fetchval("SELECT id FROM alert")
    found = (await calls.alerts.read(f"/v1/alerts/{alert}/figures"))["answers"]
    return {answer: people for answer, people in found.items() if people}


async def test_a_call_says_the_alert_twice_in_the_language_of_who_is_called_and_then_the_keys(calls: Calls) -> None:
    await calls.person(language="en")
    words = {"subject": "Flood", "body": "The water is rising.", "instruction": "Go <upstairs> & wait."}
    french = {"subject": "Crue", "body": "L'eau monte."}
    await issued(calls, texts={"fr": french, "en": words}, exercise=False)
    await calls.call()
    (call,) = calls.first.calls()
    assert (call.to, call.status) == (MOBILE, "queued")
    call.answer("human")
    text = "Alert. This is Ville de Paris. Quais de Seine. Flood. The water is rising. Go <upstairs> & wait."
    assert [said for _, said in call.said[:2]] == [text, text]
    assert {language for language, _ in call.said} == {"en-GB"}
    assert "press 1" in call.said[2][1]
    assert await calls.states() == ["sent"], "nobody was reached before the call is over"


async def test_the_words_for_calls_stand_in_the_place_of_the_others_and_an_exercise_says_so(calls: Calls) -> None:
    exercise = {"purpose": "exercise", "given": True, "words": "Je participe aux exercices."}
    await calls.person(consents=[EMERGENCY, exercise])
    words = {"subject": "Crue", "body": "L'eau monte.", "voice": "Gagnez les étages !"}
    await issued(calls, texts={"fr": words}, exercise=True, area_label="Quais.")
    await calls.call()
    (call,) = calls.first.calls()
    call.answer("human")
    assert call.said[0] == (
        "fr-FR",
        "Alerte. Ici Ville de Paris. Ceci est un exercice\u00a0: il n’y a pas de danger. Quais. Gagnez les étages !",
    )


@pytest.mark.parametrize(("key", "answer"), [("1", "safe"), ("2", "help")])
async def test_a_key_answers_the_alert(calls: Calls, key: str, answer: str) -> None:
    call = await called(calls)
    call.answer("human")
    await calls.bringer.key(call, key)
    assert call.over, "after an answer it hangs up"
    assert await answers(calls) == {answer: 1}
    await calls.ask()
    assert await calls.states() == ["delivered"]


async def test_any_other_key_acknowledges_and_they_may_still_answer(calls: Calls) -> None:
    call = await called(calls)
    call.answer("human")
    await calls.bringer.key(call, "#")
    assert not call.over
    assert await answers(calls) == {}
    assert await calls.post.pool.fetchval("SELECT acknowledged_at IS NOT NULL FROM recipient")
    await calls.bringer.key(call, "2")
    assert await answers(calls) == {"help": 1}


async def test_a_key_that_is_brought_twice_reopens_nothing(calls: Calls) -> None:
    call = await called(calls)
    call.answer("human")
    action = call.action or ""
    await calls.bringer.key(call, "2")
    await calls.post.pool.execute("UPDATE recipient SET helped_at = now()")
    call.action = action
    await calls.bringer.key(call, "2")
    assert await calls.post.pool.fetchval("SELECT helped_at IS NOT NULL FROM recipient")


async def test_nothing_is_taken_that_its_provider_has_not_signed_for_that_call(calls: Calls) -> None:
    call = await called(calls)
    call.answer("human")
    url, fields = call.action or "", {"CallSid": call.sid, "Digits": "1"}
    path = url.partition("://")[2].partition("/")[2]
    other = re.sub(r"t=.", "t=Z", path)
    for where, signed in (
        (path, "forged"),
        (path, ""),
        (path, signature("another secret", url, fields)),
        (path.replace("first", "second"), signature(SECRET, url, fields)),
        (other, signature(SECRET, url.replace(path, other), fields)),
        (path.replace("/keys", "/states"), signature(SECRET, url, fields)),
    ):
        answer = await calls.post.client.post(f"/{where}", data=fields, headers={"X-Twilio-Signature": signed})
        assert answer.status_code == 401, where
    assert await answers(calls) == {}


@pytest.mark.parametrize("ended", ["busy", "no-answer", "machine_end_beep"])
async def test_who_is_not_reached_is_called_again_a_few_times_with_pauses(calls: Calls, ended: str) -> None:
    call = await called(calls)
    for attempt in range(1, 4):
        if ended.startswith("machine"):
            call.answer(ended)
            call.end("completed")
        else:
            call.end(ended)
        await calls.ask()
        assert await calls.states() == ["bounced" if attempt == 3 else "retry"], attempt
        await calls.call()
        assert len(calls.first.calls()) == attempt, "not before the pause is over"
        await calls.later()
        await calls.call()
        call = calls.first.calls()[0]
    assert len(calls.first.calls()) == 3
    assert (await calls.part())["report_status"].split()[0] in {ended, "completed"}
    assert await calls.post.pool.fetchval("SELECT state FROM broadcast") == "done"


async def test_nobody_is_called_again_once_the_alert_is_over_or_they_have_answered(calls: Calls) -> None:
    call = await called(calls)
    call.end("busy")
    await calls.ask()
    await calls.post.pool.execute("UPDATE recipient SET answer = 'safe', answered_at = now()")
    await calls.later()
    await calls.call()
    assert (len(calls.first.calls()), await calls.states()) == (1, ["skipped"])
    await calls.post.pool.execute("UPDATE broadcast_delivery SET state = 'retry', due_at = now()")
    await calls.post.pool.execute("UPDATE recipient SET answer = NULL, answered_at = NULL")
    await calls.post.pool.execute("UPDATE broadcast SET state = 'sending'")
    await calls.post.pool.execute("UPDATE alert SET expires_at = $1", datetime.now(UTC) - timedelta(minutes=1))
    await calls.call()
    assert (len(calls.first.calls()), await calls.states()) == (1, ["failed"])


async def test_a_person_whom_the_provider_took_for_a_machine_was_reached(calls: Calls) -> None:
    call = await called(calls)
    call.answer("machine_end_beep")
    await calls.bringer.key(call, "5")
    call.end("completed")
    await calls.ask()
    assert await calls.states() == ["delivered"]


async def test_a_state_that_is_brought_makes_us_ask_and_late_or_twice_it_changes_nothing(calls: Calls) -> None:
    call = await called(calls)
    await calls.bringer.ended(call)  # it rings
    await calls.ask_due()
    assert await calls.states() == ["sent"]
    call.end("busy")
    for _ in range(2):
        await calls.bringer.ended(call)
        await calls.ask_due()
    assert await calls.states() == ["retry"]
    await calls.later()
    await calls.call()
    second = calls.first.calls()[0]
    await calls.bringer.ended(call)  # of the first call
    await calls.ask_due()
    assert await calls.states() == ["sent"]
    second.answer("human")
    second.end("completed")
    await calls.bringer.ended(second)
    await calls.ask_due()
    assert await calls.states() == ["delivered"]


async def test_minutes_that_were_begun_are_paid_over_all_calls(calls: Calls) -> None:
    call = await called(calls)
    call.answer("machine_end_beep")
    call.end("completed")
    call.ended_at = (call.answered_at or 0) + 61
    await calls.ask()
    await calls.later()
    await calls.call()
    second = calls.first.calls()[0]
    second.answer("human")
    second.end("completed")
    await calls.ask()
    part = await calls.part()
    assert (part["segments"], part["cost_millicents"]) == (3, 9_000)
    figures = await calls.alerts.read(f"/v1/alerts/{part['broadcast_id']}/figures")
    assert figures["delivery"]["cost_millicents"] == 9_000


async def test_at_once_with_text_messages_it_calls_those_alone_whom_none_reaches(calls: Calls) -> None:
    await calls.person(MOBILE)
    await calls.person(FIXED)
    alert = (await calls.alerts.draft(channels=["sms", "voice"])).json()["id"]
    coverage = await calls.alerts.read(f"/v1/alerts/{alert}/coverage")
    assert (coverage["sms"], coverage["voice"], coverage["unreachable"]) == (1, 1, 0)
    assert (coverage["call_minutes"], coverage["cost_millicents"]) == (1, 3_000)
    await calls.alerts.move(calls.alerts.second, alert, "approve")
    with texts_provider("texts") as first, texts_provider("others") as second:
        kept = calls.post.more
        texts = Texts(calls.post, first, second)
        calls.post.more |= kept
        await calls.alerts.town.send()
        await texts.aclose()
        assert [text.to for text in first.texts()] == [MOBILE]
    await calls.call()
    assert [call.to for call in calls.first.calls()] == [FIXED]


async def test_escalating_it_calls_whoever_has_not_answered(calls: Calls) -> None:
    for email in ("zoe@example.org", "max@example.org"):
        await calls.person(f"+3363998000{len(email)}" if email[0] == "z" else MOBILE, email)
    await calls.alerts.issue(channels=["email", "voice"], escalate_minutes=30)
    await calls.alerts.town.send()
    await calls.call()
    assert calls.first.calls() == [], "not before its time"
    link = calls.alerts.link()
    assert (await calls.alerts.town.act(link, answer="safe")).status_code == 200
    await calls.later()
    await calls.call()
    assert len(calls.first.calls()) == 1
    assert await calls.states() == ["sent", "skipped"]


async def test_an_entry_of_the_register_with_a_fixed_line_is_called_once_with_the_account_of_that_line(
    calls: Calls,
) -> None:
    entry = {
        "ground": "age",
        "requested_by": "self",
        "given_names": "Odette",
        "family_name": "Martin",
        "birth_on": "1938-05-04",
        "address": "1 place de l'Hôtel-de-Ville",
        "phone": FIXED,
        "position": {"type": "Point", "coordinates": HALL},
        "words": "J'accepte d'être inscrite.",
    }
    headers = calls.alerts.author.headers | {"Idempotency-Key": calls.post.key()}
    made = await calls.post.client.post("/v1/register-entries", json=entry, headers=headers)
    assert made.status_code == 201, made.text
    await calls.person(FIXED, places=[place(HALL)])
    await issued(calls)
    await calls.call()
    assert [call.to for call in calls.first.calls()] == [FIXED]


async def test_who_prefers_calls_is_called_as_well(calls: Calls) -> None:
    await calls.person(MOBILE, prefers_calls=True)
    await calls.alerts.issue(channels=["sms", "voice"])
    await calls.call()
    assert [call.to for call in calls.first.calls()] == [MOBILE]
