# SPDX-License-Identifier: EUPL-1.2
"""Agents watch coverage and figures of an alert: what is the same is not told again, and is counted once for all."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_town import EMERGENCY, HALL, Town, place
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import broadcasts
from parvis_notifications.service import moments
from parvis_testing import Caller


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


async def look(alerts: Alerts, path: str, tag: str | None = None, by: Caller | None = None) -> httpx.Response:
    headers = (by or alerts.author).headers | ({"If-None-Match": tag} if tag else {})
    return await alerts.town.client.get(path, headers=headers)


@pytest.fixture
def shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered once it was counted."""
    monkeypatch.setattr(moments.Moments, "_over", lambda *_: True)


@pytest.mark.usefixtures("shortly")
async def test_figures_are_told_again_only_once_they_have_changed(alerts: Alerts) -> None:
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    await alerts.town.send()
    path = f"/v1/alerts/{alert}/figures"
    first = await look(alerts, path)
    assert (first.status_code, first.json()["answers"]["safe"]) == (200, 0)
    same = await look(alerts, path, first.headers["ETag"])
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (await alerts.town.act(alerts.link(), answer="safe")).status_code == 200
    told = await look(alerts, path, first.headers["ETag"])
    assert (told.status_code, told.json()["answers"]["safe"]) == (200, 1)
    assert told.headers["ETag"] != first.headers["ETag"]


@pytest.mark.usefixtures("shortly")
async def test_coverage_follows_who_joins(alerts: Alerts) -> None:
    alert = (await alerts.draft()).json()["id"]
    path = f"/v1/alerts/{alert}/coverage"
    tag = (await look(alerts, path)).headers["ETag"]
    assert (await look(alerts, path, tag)).status_code == 304
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    more = await look(alerts, path, tag)
    assert (more.status_code, more.json()["people"]) == (200, 1)


async def test_however_many_watch_it_is_counted_once(alerts: Alerts, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = await alerts.issue()
    path, counted, real = f"/v1/alerts/{alert}/figures", list[UUID](), broadcasts.figures

    async def counting(session: AsyncSession, broadcast: UUID) -> list[tuple[str, str, int, int]]:
        counted.append(broadcast)
        return await real(session, broadcast)

    monkeypatch.setattr(broadcasts, "figures", counting)
    monkeypatch.setattr(moments.Moments, "_over", lambda *_: False)
    tag = (await look(alerts, path)).headers["ETag"]
    answers = await asyncio.gather(*(look(alerts, path, tag, alerts.second) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {304}
    assert len(counted) == 1
    # Who has nothing yet, or has just done something, is told how it stands now.
    assert (await look(alerts, path)).status_code == 200
    assert len(counted) == 2


async def test_another_town_watches_nothing_even_where_it_was_just_counted(alerts: Alerts) -> None:
    alert = await alerts.issue()
    stranger = alerts.town.post.service.agent(collectivity="lyon")
    for what in ("figures", "coverage"):
        path = f"/v1/alerts/{alert}/{what}"
        tag = (await look(alerts, path)).headers["ETag"]
        assert (await look(alerts, path, tag, stranger)).status_code == 404
        assert (await look(alerts, path, "*", stranger)).status_code == 404
