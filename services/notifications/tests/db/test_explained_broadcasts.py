# SPDX-License-Identifier: EUPL-1.2
"""One call tells somebody why a piece of news or an alert came to them, waits, or did not come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifications_alerts import Alerts
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, EXERCISE, HALL, NEWS, SQUARE, STATION, Town, place, wishes

from parvis_local.smssink.faults import Fault
from parvis_notifications.api.broadcast_explanations import PART_WORDS, WHOLE_WORDS
from parvis_notifications.domain.broadcast_reason import PartReason, WholeReason
from parvis_testing import Caller

PATH = "/v1/broadcast-explanations"


async def explained(town: Town, reader: Caller, item: str, **headers: str) -> dict[str, Any]:
    answer = await town.post.get(reader, f"{PATH}/{item}", **headers)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    return dict(answer.json())


async def why(town: Town, reader: Caller, item: str) -> tuple[str, list[tuple[str, str]]]:
    told = await explained(town, reader, item)
    return told["reason"], [(each["channel"], each["reason"]) for each in told["parts"]]


async def follower(town: Town, email: str, **body: object) -> Caller:
    reader = town.post.person(email)
    assert (await town.choose(reader, wishes(**body))).status_code == 200
    return reader


async def test_whom_it_did_not_concern_learns_which_of_their_choices_that_was(town: Town) -> None:
    told = await follower(town, "told@example.org", places=[place(HALL)])
    everywhere = await follower(town, "everywhere@example.org")
    away = await follower(town, "away@example.org", places=[place(STATION)])
    unasked = await follower(town, "unasked@example.org", consents=[])
    await town.topic("menus")
    menus = await follower(town, "menus@example.org", topics=[{"topic": "menus", "channels": ["email"]}])
    item = (await town.publish(areas=[SQUARE])).json()["id"]
    assert await why(town, told, item) == ("not-yet", [])
    assert await why(town, away, item) == ("elsewhere", [])
    await town.send()
    late = await follower(town, "late@example.org")
    reasons = {
        who: await why(town, reader, item)
        for who, reader in (
            ("told", told), ("everywhere", everywhere), ("away", away), ("unasked", unasked), ("menus", menus),
            ("late", late), ("nobody", town.post.person()),
        )
    }  # fmt: skip
    assert reasons == {
        "told": ("told", [("email", "agreed")]),
        "everywhere": ("told", [("email", "agreed")]),
        "away": ("elsewhere", []),
        "unasked": ("no-consent", []),
        "menus": ("other-topic", []),
        "late": ("later", []),
        "nobody": ("no-consent", []),
    }
    french, english = await explained(town, away, item), await explained(town, away, item, **{"Accept-Language": "en"})
    assert french["explanation"] == "Aucun de vos lieux ne se trouve dans le secteur concerné."
    assert english["explanation"] == "None of your places is in the area that it is for."
    await town.post.pool.execute("DELETE FROM recipient")
    await town.post.pool.execute("UPDATE broadcast SET created_at = now() - interval '366 days'")
    assert (await why(town, told, item))[0] == "later", "written long before it went"
    await town.post.pool.execute(
        "UPDATE broadcast SET (created_at, frozen_at) = (now() - interval '366 days', now() - interval '366 days')"
    )
    assert await why(town, told, item) == ("forgotten", [])


async def test_whose_address_another_has_too_and_who_has_none_learn_that(town: Town) -> None:
    # Of two rows with one address the first one made has the mail.
    first, second = await follower(town, "same@example.org"), await follower(town, "same@example.org")
    by_text = await follower(town, "none@example.org", topics=[{"topic": "works", "channels": ["sms"]}])
    item = (await town.publish()).json()["id"]
    await town.send()
    assert town.told() == ["same@example.org"]
    reasons = sorted([(await why(town, each, item))[0] for each in (first, second)])
    assert reasons == ["same-address", "told"]
    assert await why(town, by_text, item) == ("no-way", [])


async def test_what_waits_or_was_stopped_says_so(town: Town) -> None:
    reader = await follower(town, "zoe@example.org")
    now = datetime.now(UTC)
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=1)
    quiet = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "UTC"}
    body: dict[str, Any] = {"language": None, "quiet_hours": quiet, "topics": []}
    await town.client.put("/v1/notification-preferences", json=body, headers=reader.headers | {"If-Match": '"0"'})
    item = (await town.publish()).json()["id"]
    await town.send()
    told = await explained(town, reader, item)
    assert (told["reason"], told["parts"][0]["reason"]) == ("told", "quiet-hours")
    waits = datetime.fromisoformat(told["parts"][0]["next_attempt_at"]) - now
    assert timedelta(minutes=58) < waits <= timedelta(hours=1, minutes=1)
    path = f"/v1/news-items/{item}/transitions"
    for action, version, reason in (("pause", 2, "paused"), ("cancel", 3, "called-off")):
        headers = town.agent.headers | {"If-Match": f'"{version}"'}
        moved = await town.client.post(path, json={"action": action}, headers=headers)
        assert moved.status_code == 200, moved.text
        assert await why(town, reader, item) == ("told", [("email", reason)])
    for action in ("pause", "cancel"):
        unfrozen = (await town.publish()).json()["id"]
        headers = town.agent.headers | {"If-Match": '"1"'}
        await town.client.post(f"/v1/news-items/{unfrozen}/transitions", json={"action": action}, headers=headers)
        wanted = {"pause": "paused", "cancel": "called-off"}[action]
        assert await why(town, reader, unfrozen) == (wanted, [])


async def test_how_far_each_channel_came_is_told(alerts: Alerts) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        town.post.more["bounce_address"] = BOUNCES
        readers = []
        for name, number in (("zoe", "+33639980001"), ("max", "+33639980002")):
            readers.append(texts.person(number, f"{name}@example.org"))
            await town.choose(readers[-1], {"consents": [EMERGENCY], "places": [place(HALL)]})
        zoe, max_ = readers
        alert = await alerts.issue(channels=["email", "sms"], escalate_minutes=30)
        await town.send()
        assert await why(town, zoe, alert) == ("told", [("email", "overrides"), ("sms", "escalates")])
        path = next(sender for sender, to in town.post.sink.envelopes if to == "zoe@example.org")
        async with bounce_intake(town.post) as courier:
            await courier.bring(path, notification(("failed", "5.1.1")))
        answered = next(place for place, mail in enumerate(town.post.sink.mails()) if mail["To"].startswith("max"))
        await town.act(alerts.link(answered), answer="safe")
        first.faults, second.faults = [Fault.NO_NUMBER], [Fault.NO_NUMBER]
        await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
        await town.send()
        assert await why(town, zoe, alert) == ("told", [("email", "bounced"), ("sms", "refused")])
        assert await why(town, max_, alert) == ("told", [("email", "overrides"), ("sms", "answered")])
        (mail, text) = (await explained(town, zoe, alert))["parts"]
        assert (mail["state"], mail["report_status"], text["last_reply"][:3]) == ("bounced", "5.1.1", "400")
        await texts.aclose()


async def test_of_an_alert_it_is_the_consents_and_places_that_count(alerts: Alerts) -> None:
    town = alerts.town
    placeless = await alerts.live("placeless@example.org", consents=[EMERGENCY])
    news = await alerts.live("news@example.org", consents=[NEWS], places=[place(HALL)])
    away = await alerts.live("away@example.org", consents=[EMERGENCY], places=[place(STATION)])
    here = await alerts.live("here@example.org", consents=[EMERGENCY], places=[place(HALL)])
    drilled = await alerts.live("drilled@example.org", consents=[EMERGENCY, EXERCISE], places=[place(HALL)])
    alert, drill = await alerts.issue(), await alerts.issue(exercise=True)
    await town.send()
    assert [(await why(town, each, alert))[0] for each in (placeless, news, away, here)] == [
        "no-place", "no-consent", "elsewhere", "told",
    ]  # fmt: skip
    assert [(await why(town, each, drill))[0] for each in (here, drilled)] == ["no-exercise", "told"]
    draft = (await alerts.draft()).json()["id"]
    assert (await town.post.get(here, f"{PATH}/{draft}")).status_code == 404, "nobody knows of it yet"


async def test_it_is_told_to_citizens_of_that_town_of_what_was_published(town: Town) -> None:
    reader = await follower(town, "zoe@example.org")
    item = (await town.publish()).json()["id"]
    ahead = (await town.publish(scheduled_at=(datetime.now(UTC) + timedelta(days=1)).isoformat())).json()["id"]
    service = town.post.service
    for caller, which, status in (
        (reader, item, 200),
        (reader, ahead, 404),
        (service.citizen("lutece", sub=reader.subject), item, 404),
        (service.agent(), item, 403),
        (service.system(), item, 403),
    ):
        assert (await town.post.get(caller, f"{PATH}/{which}")).status_code == status


@pytest.mark.parametrize(("words", "reasons"), [(WHOLE_WORDS, WholeReason), (PART_WORDS, PartReason)])
def test_each_reason_is_explained_in_both_languages(words: dict[Any, Any], reasons: Any) -> None:
    assert set(words) == set(reasons)
    assert all(text.in_language("fr") != text.in_language("en") for text in words.values())
