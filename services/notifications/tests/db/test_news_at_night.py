# SPDX-License-Identifier: EUPL-1.2
"""News ring nobody's telephone at night who has not said otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from notifications_alerts import Alerts
from notifications_chats import Chats
from notifications_rings import Rings, rung
from notifications_rooms import rooms_of
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, NEWS, Town, place, wishes

from parvis_notifications.clock_settings import ClockSettings
from parvis_notifications.settings import Settings

BY_TEXT = [{"topic": "works", "channels": ["sms"]}]


def night(hours: int) -> dict[str, Any]:
    """Settings for which it is night by now, for so many hours more."""
    # By clocks that nobody puts forward or back in between.
    begun, ends = (datetime.now(UTC) + timedelta(hours=each) for each in (-1, hours))
    return {"time_zones": {"paris": "UTC"}, "news_texts_until": begun.time(), "news_texts_from": ends.time()}


async def test_who_has_no_quiet_hours_is_texted_in_the_morning_and_mailed_at_once(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        assert (await town.ask(phone="+33612345678", topics=BY_TEXT, consents=[NEWS])).status_code == 202
        await town.post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now()")
        assert (await town.choose(town.post.person("zoe@example.org"), wishes())).status_code == 200
        await town.publish()
        await town.send(**night(2))
        assert ([text for text in first.texts() if "Rue" in text.body], town.told()) == ([], ["zoe@example.org"])
        row = await town.post.pool.fetchrow(
            "SELECT state, last_reply, due_at FROM broadcast_delivery WHERE channel = 'sms'"
        )
        assert (row["state"], row["last_reply"]) == ("pending", "quiet-hours")
        wait = row["due_at"] - datetime.now(UTC)
        assert timedelta(minutes=118) < wait <= timedelta(hours=2, minutes=1)
        await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
        await town.send()
        assert len([text for text in first.texts() if "Rue" in text.body]) == 1
        await texts.aclose()


async def test_a_room_rings_as_well(chats: Chats, alerts: Alerts) -> None:
    rooms = rooms_of(chats, alerts)
    assert (await rooms.town.topic()).status_code == 200
    await rooms.reader(topics=[{"topic": "works", "channels": ["chat"]}])
    assert (await rooms.town.publish()).status_code == 201
    await rooms.town.send(**night(2))
    assert (rooms.told(), await rooms.states()) == ([], [("pending", "", "quiet-hours")])
    await rooms.again()
    assert len(rooms.told()) == 1


async def test_who_chose_their_own_quiet_hours_has_those_alone(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        reader = texts.person("+33639980001", None)
        assert (await town.choose(reader, wishes(topics=BY_TEXT))).status_code == 200
        soon = datetime.now(UTC) + timedelta(hours=3)
        quiet = {"begins": f"{soon:%H:%M}", "ends": f"{soon + timedelta(hours=1):%H:%M}", "time_zone": "UTC"}
        body: dict[str, Any] = {"language": None, "quiet_hours": quiet, "topics": []}
        headers = reader.headers | {"If-Match": '"0"'}
        assert (await town.client.put("/v1/notification-preferences", json=body, headers=headers)).status_code == 200
        await town.publish()
        await town.send(**night(2))
        assert len(first.texts()) == 1
        await texts.aclose()


def test_the_same_hour_twice_is_no_night(town: Town) -> None:
    settings = town.post.settings()
    assert settings.news_texts_rest("paris") is None
    usual = Settings.model_fields
    of_all = settings.model_copy(
        update={name: usual[name].default for name in ("news_texts_from", "news_texts_until")}
        | {"time_zones": {"saint-denis": "Indian/Reunion"}}
    )
    for town_, place_ in (("paris", "Europe/Paris"), ("saint-denis", "Indian/Reunion")):
        rest = of_all.news_texts_rest(town_)
        assert rest is not None
        clock = ZoneInfo(place_)
        assert [rest.cover(datetime(2026, 1, 5, hour, tzinfo=clock)) for hour in (3, 8, 21, 22)] == [
            True,
            False,
            False,
            True,
        ]


def test_the_clocks_of_a_town_are_known_ones(town: Town) -> None:
    kept = town.post.settings(time_zones={"saint-denis": "Indian/Reunion"})
    assert (kept.time_zone("saint-denis"), kept.time_zone("paris")) == ("Indian/Reunion", "Europe/Paris")
    with pytest.raises(ValueError, match="Paris/Europe"):
        ClockSettings.model_validate({"time_zones": {"saint-denis": "Paris/Europe"}})


async def test_it_is_night_by_the_clocks_of_the_town(rings: Rings) -> None:
    """Calls may be made now in Paris, where the clocks of the other town say so; and not by theirs."""
    clock, here = ZoneInfo("Pacific/Auckland"), datetime.now(ZoneInfo("Europe/Paris"))
    hours = {
        "voice_from": (here - timedelta(hours=1)).time().replace(second=0, microsecond=0),
        "voice_until": (here + timedelta(hours=1)).time().replace(second=0, microsecond=0),
    }
    reader, call = await rung(rings)
    call.end("busy")
    await rings.ask()
    await rings.later()
    await rings.call(**hours, time_zones={"paris": str(clock)})
    assert (len(rings.first.calls()), (await rings.explained(reader))["last_reply"]) == (1, "quiet-hours")
    await rings.later()
    await rings.call(**hours)
    assert len(rings.first.calls()) == 2


async def test_an_alert_waits_for_no_morning(alerts: Alerts) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(alerts.town.post, first, second)
        reader = texts.person("+33639980001", None)
        await alerts.town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)]})
        await alerts.issue(channels=["sms"])
        await alerts.town.send(**night(2))
        assert len(first.texts()) == 1
        await texts.aclose()
