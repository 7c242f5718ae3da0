# SPDX-License-Identifier: EUPL-1.2
"""Rooms that nobody can write to now: what is told of them, and who is asked."""

from typing import Any

import pytest
from notifications_alerts import Alerts
from notifications_chats import Chats
from notifications_rooms import Rooms, rooms_of

from parvis_local.matrixsink.store import Fault
from parvis_notifications.outgoing.matrix import Matrix
from parvis_notifications.service import issue_alerts
from parvis_notifications.service.provider_routes import ProviderRoute


@pytest.fixture
def rooms(chats: Chats, alerts: Alerts) -> Rooms:
    return rooms_of(chats, alerts)


async def test_an_alert_reaches_nobody_in_rooms_of_a_town_that_no_homeserver_writes_for(
    rooms: Rooms, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rooms.alerted()
    alert = await alerts.issue(channels=["chat"])
    monkeypatch.setattr(issue_alerts, "chats_offered", lambda *_: False)
    reach = await alerts.read(f"/v1/alerts/{alert}/coverage")
    assert (reach["people"], reach["chat"], reach["unreachable"]) == (1, 0, 1)


async def test_a_homeserver_that_is_known_to_be_away_is_not_asked_for_each(
    rooms: Rooms, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rooms.alerted()
    rooms.chats.first.store.faults.append(Fault.UNANSWERED)
    await alerts.issue(channels=["chat"])
    await rooms.town.send()

    async def asked(*_: Any) -> None:
        pytest.fail("nobody answers there")

    with monkeypatch.context() as away:
        away.setattr(ProviderRoute, "ready", property(lambda route: route.provider.name != "first"))
        away.setattr(Matrix, "find", asked)
        await rooms.again()
    assert await rooms.states() == [("unknown", "first", "no-provider")]
