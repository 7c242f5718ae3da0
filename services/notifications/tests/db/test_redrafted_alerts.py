# SPDX-License-Identifier: EUPL-1.2
"""Drafts of alerts are written anew until they are approved; nobody approves what they wrote last."""

from typing import Any

import httpx
import pytest
from notifications_alerts import Alerts, alert_body
from notifications_sink import form
from notifications_town import EMERGENCY, HALL, SQUARE, STATION, place

from parvis_testing import Caller

WORDS = {"fr": {"subject": "Crue du canal", "body": "Le canal déborde."}}
NEAR_STATION = {
    "type": "Polygon",
    "coordinates": [[[2.36, 48.84], [2.38, 48.84], [2.38, 48.85], [2.36, 48.85], [2.36, 48.84]]],
}


async def redraft(alerts: Alerts, alert: str, by: Caller, version: int = 1, **changes: Any) -> httpx.Response:
    headers = by.headers | {"If-Match": f'"{version}"'}
    return await alerts.town.client.put(f"/v1/alerts/{alert}", json=alert_body(**changes), headers=headers)


async def test_what_was_written_last_goes_where_that_says(alerts: Alerts) -> None:
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.live("station@example.org", consents=[EMERGENCY], places=[place(STATION)])
    drafted = (await alerts.draft()).json()
    done = await redraft(alerts, drafted["id"], alerts.author, texts=WORDS, areas=[NEAR_STATION], severity="Minor")
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    read = await alerts.read(f"/v1/alerts/{drafted['id']}")
    assert read == done.json()
    assert (read["areas"], read["severity"], read["created_at"]) == ([NEAR_STATION], "Minor", drafted["created_at"])
    stale = await alerts.move(alerts.second, drafted["id"], "approve")
    assert stale.status_code == 412, "what was read is approved"
    assert (await alerts.move(alerts.second, drafted["id"], "approve", 2)).status_code == 200
    await alerts.town.send()
    assert alerts.town.told() == ["station@example.org"]
    assert "Le canal déborde." in form(alerts.town.post.sink.mails()[0], "plain")


async def test_who_wrote_last_is_the_author_and_does_not_approve(alerts: Alerts) -> None:
    alert = (await alerts.draft()).json()["id"]
    done = await redraft(alerts, alert, alerts.second, texts=WORDS)
    assert done.json()["author"] == alerts.second.subject
    refused = await alerts.move(alerts.second, alert, "approve", 2)
    assert (refused.status_code, refused.json()["code"]) == (409, "second-agent-required")
    assert (await alerts.move(alerts.author, alert, "approve", 2)).status_code == 200


@pytest.mark.parametrize("action", ["approve", "cancel"])
async def test_what_is_no_draft_any_more_stays_as_it_is(alerts: Alerts, action: str) -> None:
    alert = (await alerts.draft()).json()["id"]
    before = (await alerts.move(alerts.second, alert, action)).json()
    assert (await redraft(alerts, alert, alerts.author, 2, texts=WORDS)).status_code == 409
    assert await alerts.read(f"/v1/alerts/{alert}") == before


async def test_a_draft_is_changed_by_its_town_in_the_version_read_and_as_a_whole(alerts: Alerts) -> None:
    alert = (await alerts.draft()).json()["id"]
    agents = alerts.town.post.service.agent
    assert (await redraft(alerts, alert, agents("lutece"))).status_code == 404
    assert (await redraft(alerts, alert, agents(scope="notifications.alerts.read"))).status_code == 403
    assert (await redraft(alerts, alert, alerts.author, 2)).status_code == 412
    refused = await redraft(alerts, alert, alerts.author, areas=[], named_areas=["nowhere"])
    assert refused.status_code == 422
    read = await alerts.read(f"/v1/alerts/{alert}")
    assert (read["areas"], read["texts"]["fr"]["subject"]) == ([SQUARE], "Crue de la Seine")
    whole = await redraft(alerts, alert, alerts.author, areas=[], everywhere=True)
    assert (whole.json()["everywhere"], whole.json()["areas"]) == (True, [])
