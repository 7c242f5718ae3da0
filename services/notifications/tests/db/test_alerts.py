# SPDX-License-Identifier: EUPL-1.2
"""Alerts: written by one agent, approved by another, to whoever lives in their area and agreed, once, and answered."""

from datetime import timedelta
from itertools import pairwise

import asyncpg
import pytest
from notifications_alerts import Alerts
from notifications_sink import form
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, EXERCISE, HALL, NEWS, SQUARE, STATION, place

from parvis_notifications.service.refresh_contacts import purge_audiences


async def test_no_alert_goes_that_its_author_alone_wanted_and_the_database_holds_that(alerts: Alerts) -> None:
    pool = alerts.town.post.pool
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = (await alerts.draft()).json()["id"]
    refused = await alerts.move(alerts.author, alert, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "second-agent-required")
    for change in ("state = 'ready'", "state = 'ready', approver = author", "state = 'sending', alone = true"):
        with pytest.raises(asyncpg.CheckViolationError):
            await pool.execute(f"UPDATE broadcast SET {change} WHERE id = $1", alert)
    assert (await alerts.move(alerts.second, alert, "approve", 2)).status_code == 412, "what was read is approved"
    await alerts.town.send()
    assert alerts.town.told() == []
    approved = await alerts.move(alerts.second, alert, "approve")
    assert (approved.json()["state"], approved.json()["approver"]) == ("ready", alerts.second.subject)
    await alerts.town.send()
    assert alerts.town.told() == ["hall@example.org"]
    mail = alerts.town.post.sink.mails()[0]
    text = form(mail, "plain")
    for said in ("Quais de Seine", "L'eau monte.", "Montez à l'étage.", "passe outre vos heures de repos"):
        assert said in text
    assert mail["List-Unsubscribe"] is None
    again = await alerts.move(alerts.second, alert, "approve", 4)
    assert again.status_code == 409


async def test_it_reaches_who_agreed_to_alerts_and_has_a_place_there_and_nobody_else(alerts: Alerts) -> None:
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(STATION), place(HALL)])
    await alerts.live("around@example.org", consents=[EMERGENCY], places=[place(STATION, radius_m=2_000)])
    await alerts.live("station@example.org", consents=[EMERGENCY], places=[place(STATION)])
    await alerts.live("news@example.org", consents=[NEWS], places=[place(HALL)])
    await alerts.live("nowhere@example.org", consents=[EMERGENCY])
    await alerts.town.post.pool.execute("UPDATE place SET collectivity = collectivity")
    alert = (await alerts.draft()).json()["id"]
    coverage = await alerts.read(f"/v1/alerts/{alert}/coverage")
    reached = {"people": 2, "email": 2, "sms": 0, "push": 0, "voice": 0, "chat": 0, "unreachable": 0}
    assert coverage == reached | {"segments": 1, "call_seconds": 7, "call_minutes": 1, "cost_millicents": 0}
    await alerts.move(alerts.second, alert, "approve")
    await alerts.town.send()
    assert alerts.town.told() == ["around@example.org", "hall@example.org"]
    alerts.town.post.sink.taken.clear()
    await alerts.issue(areas=[], everywhere=True)
    await alerts.town.send()
    assert len(alerts.town.told()) == 4, "also those who named no place"
    figures = await alerts.read(f"/v1/alerts/{alert}/figures")
    assert figures["people"] == 2
    assert figures["delivery"]["parts"] == [{"channel": "email", "state": "sent", "people": 2}]


async def test_a_named_area_targets_as_a_drawn_one_does(alerts: Alerts) -> None:
    body = {"label": {"fr": "Quais", "en": "Quays"}, "outlines": [SQUARE]}
    headers = alerts.author.headers | {"If-Match": '"0"'}
    kept = await alerts.town.client.put("/v1/alert-areas/quais", json=body, headers=headers)
    assert kept.status_code == 200
    assert (await alerts.read("/v1/alert-areas"))["items"] == [{"code": "quais", **body}]
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    assert (await alerts.draft(areas=[], named_areas=["unknown"])).status_code == 422
    assert (await alerts.draft(areas=[])).status_code == 422
    assert (await alerts.draft(everywhere=True)).status_code == 422
    await alerts.issue(areas=[], named_areas=["quais"])
    await alerts.town.send()
    assert alerts.town.told() == ["hall@example.org"]


async def test_an_exercise_says_so_everywhere_and_reaches_those_alone_who_agreed_to_that(alerts: Alerts) -> None:
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.live("drill@example.org", consents=[EMERGENCY, EXERCISE], places=[place(HALL)])
    await alerts.issue(exercise=True)
    await alerts.town.send()
    assert alerts.town.told() == ["drill@example.org"]
    (mail,) = alerts.town.post.sink.mails()
    assert mail["Subject"].startswith("EXERCICE – ")
    assert "EXERCICE" in form(mail, "plain")
    page = await alerts.town.client.get(alerts.link(), headers={"Accept-Language": "en"})
    assert "EXERCISE – " in page.text


async def test_who_answers_is_asked_no_more_by_the_next_channel_and_the_others_are(alerts: Alerts) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        for name, number in (("zoe", "+33639980001"), ("max", "+33639980002")):
            reader = texts.person(number, f"{name}@example.org")
            await town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)]})
        reader = texts.person("+33639980003", None)
        await town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)]})
        await alerts.issue(channels=["email", "sms"], escalate_minutes=10)
        await town.send()
        assert town.told() == ["max@example.org", "zoe@example.org"]
        assert [text.to for text in first.texts()] == ["+33639980003"], "no mail reaches them: at once"
        answered = next(index for index, mail in enumerate(town.post.sink.mails()) if mail["To"].startswith("zoe"))
        await town.client.post(alerts.link(answered), data={"answer": "safe"})
        await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
        await town.send()
        assert sorted(text.to for text in first.texts()) == ["+33639980002", "+33639980003"]
        assert "alert-answer" in first.texts()[0].body
        await texts.aclose()


async def test_who_needs_help_is_listed_at_once_with_how_they_are_reached_and_that_is_kept(alerts: Alerts) -> None:
    reader = await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    await alerts.town.send()
    link = alerts.link()
    page = await alerts.town.client.get(link)
    assert (page.status_code, "J’ai besoin d’aide" in page.text, "<script" in page.text) == (200, True, False)
    assert (await alerts.read(f"/v1/alerts/{alert}/answers"))["items"] == [], "opening it answers nothing"
    english = await alerts.town.client.post(link, data={"answer": "help"}, headers={"Accept-Language": "en"})
    assert "Noted: you need help" in english.text
    (item,) = (await alerts.read(f"/v1/alerts/{alert}/answers"))["items"]
    assert (item["email"], item["registered"]) == ("zoe@example.org", False)
    assert item["places"] == [{"label": "Chez moi", "position": {"type": "Point", "coordinates": HALL}}]
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["answers"] == {"safe": 0, "help": 1}
    path = f"/v1/received-alerts/{alert}/answers"
    signed_in = await alerts.town.client.post(path, json={"answer": "safe"}, headers=reader.headers)
    assert (signed_in.status_code, signed_in.json()["answer"]) == (200, "safe")
    assert (await alerts.read("/v1/received-alerts", reader))["items"][0]["subject"] == "Crue de la Seine"
    stranger = alerts.town.post.person()
    assert (await alerts.town.client.post(path, json={"answer": "safe"}, headers=stranger.headers)).status_code == 404
    seen = (await alerts.read("/v1/register-accesses"))["items"]
    assert {(each["agent"], each["act"], each["alert"]) for each in seen} == {
        (alerts.author.subject, "answers-help", alert)
    }
    for name in ("x", "A" * 20, ""):
        assert (await alerts.town.client.get("/alert-answer", params={"t": name})).status_code == 404
    assert (await alerts.town.client.post(link, data={"answer": "perhaps"})).status_code == 400


async def test_an_all_clear_reaches_who_was_told_and_ends_what_was_before(alerts: Alerts) -> None:
    reader = await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    first = await alerts.issue()
    await alerts.town.send()
    await alerts.town.choose(reader, {"places": [place(STATION)]}, '"1"')
    assert (await alerts.draft(kind="all-clear")).status_code == 422
    assert (await alerts.draft(follows=first)).status_code == 422
    draft = (await alerts.draft()).json()["id"]
    assert (await alerts.draft(kind="update", follows=draft)).status_code == 422, "that was never sent"
    words = {"fr": {"subject": "Fin d'alerte", "body": "L'eau baisse."}}
    clear = await alerts.issue(kind="all-clear", follows=first, areas=[], texts=words)
    read = await alerts.read(f"/v1/alerts/{clear}")
    assert (read["earlier"], read["areas"]) == ([first], [SQUARE])
    await alerts.town.send()
    assert alerts.town.told() == ["zoe@example.org"] * 2
    assert (await alerts.read(f"/v1/alerts/{first}"))["ended_at"] is not None
    assert "terminée" in (await alerts.town.client.get(alerts.link(0))).text


async def test_what_is_superseded_before_it_went_does_not_go_any_more(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    first = await alerts.issue()
    await alerts.issue(kind="update", follows=first)
    await alerts.town.send()
    assert len(alerts.town.told()) == 1
    assert (await alerts.read(f"/v1/alerts/{first}"))["state"] == "cancelled"


async def test_quiet_hours_and_choices_hold_no_alert_back(alerts: Alerts) -> None:
    reader = await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.town.post.pool.execute(
        "INSERT INTO preference (collectivity, person, quiet_begins, quiet_ends, time_zone, channels, version,"
        " updated_at) VALUES ('paris', $1, (now() - interval '1 hour')::time, (now() + interval '1 hour')::time,"
        " 'UTC', '{}', 1, now())",
        reader.person,
    )
    await alerts.issue()
    await alerts.town.send()
    assert alerts.town.told() == ["zoe@example.org"]


async def test_one_address_is_written_to_once_whoever_has_it(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.town.topic()
    await alerts.town.subscribed("ZOE@example.org", topics=[], consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    await alerts.town.send()
    assert len(alerts.town.told()) == 1


async def test_alerts_are_of_one_town_and_for_agents(alerts: Alerts) -> None:
    alert = await alerts.issue()
    elsewhere = alerts.town.post.service.agent("lutece")
    for path in ("", "/coverage", "/figures", "/answers", "/register-entries"):
        assert (await alerts.town.post.get(elsewhere, f"/v1/alerts/{alert}{path}")).status_code == 404
        assert (await alerts.town.post.get(alerts.town.post.person(), f"/v1/alerts/{alert}{path}")).status_code == 403
    assert (await alerts.draft(elsewhere, kind="update", follows=alert)).status_code == 404
    assert [each["id"] for each in (await alerts.read("/v1/alerts"))["items"]] == [alert]


async def test_after_a_year_nobody_knows_who_was_told(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    await alerts.town.send()
    pool, year = alerts.town.post.pool, timedelta(days=365)
    assert await purge_audiences(pool, year) is False
    await pool.execute(
        "UPDATE broadcast SET (created_at, frozen_at) = (now() - interval '366 days', now() - interval '366 days')"
    )
    assert [await purge_audiences(pool, year), await purge_audiences(pool, year)] == [True, False]
    for table in ("recipient", "broadcast_delivery", "broadcast_attempt"):
        assert await pool.fetch(f"SELECT 1 FROM {table}") == []


async def test_a_large_audience_is_forgotten_in_parts(alerts: Alerts) -> None:
    for number in range(5):
        await alerts.live(f"p{number}@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    await alerts.town.send()
    pool, left = alerts.town.post.pool, "SELECT (SELECT count(*) FROM recipient) + count(*) FROM broadcast_delivery"
    await pool.execute(
        "UPDATE broadcast SET (created_at, frozen_at) = (now() - interval '366 days', now() - interval '366 days')"
    )
    known = [await pool.fetchval(left)]
    bare = "SELECT number FROM recipient r WHERE NOT EXISTS (SELECT FROM broadcast_delivery WHERE recipient = r.number)"
    while await purge_audiences(pool, timedelta(days=365), limit=1):
        known.append(await pool.fetchval(left))
        assert await pool.fetch(bare) == [], "they would be taken for unreached"
    assert known[-1] == 0
    assert max(before - after for before, after in pairwise(known)) <= 2, "one of either"


async def test_a_channel_that_the_deployment_has_not_keeps_no_alert_open(alerts: Alerts) -> None:
    town = alerts.town
    reader = town.post.person("zoe@example.org")
    town.post.owners.contacts[reader.subject]["phone"] = "+33639980001"
    await town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)]})
    alert = await alerts.issue(channels=["email", "sms"])
    await town.send()
    assert ((await alerts.read(f"/v1/alerts/{alert}"))["state"], town.told()) == ("done", ["zoe@example.org"])
    # As it stands where the provider was taken away while text messages were waiting.
    await town.post.pool.execute(
        "INSERT INTO broadcast_delivery (recipient, channel, broadcast_id, collectivity, state, due_at)"
        " SELECT recipient, 'sms', broadcast_id, collectivity, 'pending', now() FROM broadcast_delivery"
    )
    await town.post.pool.execute("UPDATE broadcast SET state = 'sending', done_at = NULL")
    await town.send()
    assert (await alerts.read(f"/v1/alerts/{alert}"))["state"] == "sending", "it may come back"
    await town.post.pool.execute("UPDATE broadcast SET frozen_at = now() - interval '7 hours'")
    await town.send()
    assert (await alerts.read(f"/v1/alerts/{alert}"))["state"] == "done"
    assert (
        await town.post.pool.fetchval("SELECT last_reply FROM broadcast_delivery WHERE channel = 'sms'") == "too-late"
    )
