# SPDX-License-Identifier: EUPL-1.2
"""Whoever has no account reads by their link what was sent to them, and why or why not."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_town import EMERGENCY, HALL, NEWS, SQUARE, STATION, Town, place, wishes

from parvis_notifications.domain.look_limit import LOOKS, WINDOW, LookLimit
from parvis_notifications.service.templates import spoken_time

_SECTION = re.compile(r"<section.*?</section>", re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    assert (await town.topic()).status_code == 200
    yield Alerts(town)
    await town.aclose()


def history(link: str) -> str:
    return link.replace("/subscription?", "/subscription/history?")


async def read(alerts: Alerts, link: str, **headers: str) -> list[str]:
    """What the page says of each piece, its lines one after the other."""
    page = await alerts.town.client.get(history(link), headers=headers)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store"), page.text
    told = [_TAGS.sub("", each).split("\n") for each in _SECTION.findall(page.text)]
    return [" | ".join(unescape(line.strip()) for line in lines if line.strip()) for lines in told]


async def test_each_piece_says_whether_it_was_for_them_and_why(alerts: Alerts) -> None:
    town = alerts.town
    here = await town.subscribed("here@example.org", places=[place(HALL)])
    away = await town.subscribed("away@example.org", places=[place(STATION)])
    await town.publish(areas=[SQUARE], area_label="Rue de Rivoli")
    await alerts.issue()
    await town.send()
    alert, news = await read(alerts, here)
    assert alert.startswith("Crue de la Seine – ")
    assert "Vous n'avez pas accepté de recevoir ce genre de message" in alert
    assert news.startswith("Rue barrée – ")
    assert re.search(r"Courriel, envoi du .+\u00a0: Vous avez choisi ce canal pour ce sujet\.", news)
    assert "Aucun de vos lieux ne se trouve dans le secteur concerné." in (await read(alerts, away))[1]
    english = await read(alerts, here, **{"Accept-Language": "en"})
    assert re.search(r"Mail, sent on .+: You chose this channel for this topic\.", english[1])
    whole = (await town.client.get(history(here))).text
    assert "away@example.org" not in whole
    assert "here@example.org" not in whole


@pytest.mark.parametrize("clock", ["Europe/Paris", "Indian/Reunion", "America/Martinique"])
async def test_it_says_when_by_the_clocks_of_the_town(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    town = alerts.town
    monkeypatch.setitem(town.post.service.runtime.settings.time_zones, "paris", clock)
    here = await town.subscribed("here@example.org", places=[place(HALL)])
    await town.publish(areas=[SQUARE], area_label="Rue de Rivoli")
    await town.send()
    row = await town.post.pool.fetchrow("SELECT b.frozen_at, d.sent_at FROM broadcast b, broadcast_delivery d")
    (news,) = await read(alerts, here)
    whole, part = (spoken_time(at, "fr", ZoneInfo(clock)) for at in row)
    assert news.startswith(f"Rue barrée – {whole}")
    assert f"envoi du {part}" in news


async def test_the_page_of_a_subscription_leads_there_and_back(alerts: Alerts) -> None:
    link = await alerts.town.subscribed("zoe@example.org")
    there = unescape((await alerts.town.client.get(link)).text)
    assert f'href="{history(link)}"' in there
    back = unescape((await alerts.town.client.get(history(link))).text)
    assert f'href="{link}"' in back
    assert "n’a rien envoyé" in back


async def test_what_is_old_of_another_town_or_not_published_is_left_out(alerts: Alerts) -> None:
    town = alerts.town
    link = await town.subscribed("zoe@example.org")
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    await town.publish(scheduled_at=later)
    item = (await town.publish()).json()["id"]
    assert len(await read(alerts, link)) == 1
    await town.post.pool.execute("UPDATE broadcast SET collectivity = 'lutece' WHERE id = $1", item)
    assert await read(alerts, link) == []
    await town.post.pool.execute(
        "UPDATE broadcast SET collectivity = 'paris', publish_at = now() - interval '91 days' WHERE id = $1", item
    )
    assert await read(alerts, link) == []


async def test_who_agreed_to_alerts_reads_that_they_override(alerts: Alerts) -> None:
    link = await alerts.town.subscribed("zoe@example.org", consents=[NEWS, EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    await alerts.town.send()
    (told,) = await read(alerts, link)
    assert "Vous avez accepté les alertes, qui passent outre" in told


async def test_a_link_of_nobody_or_not_confirmed_tells_nothing(alerts: Alerts) -> None:
    await alerts.town.publish()
    assert (await alerts.town.ask(email="zoe@example.org", **wishes())).status_code == 202
    pending = await alerts.town.link()
    for link in (pending, "/subscription?token=" + "A" * 44, pending[:-1] + ("A" if pending[-1] != "A" else "B")):
        page = await alerts.town.client.get(history(link))
        assert (page.status_code, "Rue barrée" in page.text) == (404, False)


async def test_it_is_looked_at_so_often_and_by_others_still(alerts: Alerts) -> None:
    link, other = await alerts.town.subscribed("zoe@example.org"), await alerts.town.subscribed("b@example.org")
    answers: list[httpx.Response] = [await alerts.town.client.get(history(link)) for _ in range(LOOKS + 1)]
    assert [each.status_code for each in answers] == [200] * LOOKS + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= WINDOW.total_seconds() + 1
    assert (await alerts.town.client.get(history(other))).status_code == 200


def test_a_window_begins_anew_and_who_looked_is_forgotten_in_the_end() -> None:
    limit, who, now = LookLimit(), uuid4(), datetime.now(UTC)
    assert [limit.wait(who, now) for _ in range(LOOKS)] == [None] * LOOKS
    assert limit.wait(who, now + timedelta(minutes=4)) == WINDOW - timedelta(minutes=4)
    assert limit.wait(who, now + WINDOW) is None
    for _ in range(LOOKS - 1):
        limit.wait(who, now + WINDOW)
    assert limit.wait(who, now + WINDOW) is not None
    for _ in range(10_000):
        limit.wait(uuid4(), now + WINDOW)
    assert limit.wait(who, now + WINDOW) is None, "the memory that this takes is bounded"


def test_a_clock_that_is_set_back_makes_nobody_wait_longer_than_for_a_window() -> None:
    limit, who, now = LookLimit(), uuid4(), datetime.now(UTC)
    for _ in range(LOOKS):
        limit.wait(who, now + timedelta(hours=1))
    assert limit.wait(who, now) == WINDOW
    assert limit.wait(who, now + WINDOW) is None
