# SPDX-License-Identifier: EUPL-1.2
"""Alerts that were called off, are over or have a follower, and who asks for help in the end."""

from notifications_alerts import Alerts
from notifications_town import EMERGENCY, HALL, place


async def test_what_was_called_off_holds_for_nobody_and_can_be_told_to_be_over(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    public = "/v1/collectivities/paris/alerts"
    assert (await alerts.town.client.get(f"{public}/{alert}/cap")).status_code == 200
    off = await alerts.move(alerts.author, alert, "cancel", 2)
    assert (off.status_code, off.json()["ended_at"] is not None) == (200, True)
    assert (await alerts.town.client.get(public)).json() == {"items": []}
    assert alert not in (await alerts.town.client.get(f"{public}-feed")).text
    assert (await alerts.town.client.get(f"{public}/{alert}/cap")).status_code == 404
    clear = await alerts.issue(kind="all-clear", follows=alert, response="AllClear")
    assert alert in (await alerts.town.client.get(f"{public}/{clear}/cap")).text


async def test_nobody_is_woken_by_an_alert_that_is_over(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    pool, alert = alerts.town.post.pool, await alerts.issue()
    assert (await alerts.move(alerts.author, alert, "pause", 2)).status_code == 200
    await pool.execute("UPDATE alert SET expires_at = now() - interval '1 s'")
    refused = await alerts.move(alerts.author, alert, "resume", 3)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/expires_at")
    await pool.execute("UPDATE broadcast SET state = 'ready'")
    await alerts.town.send()
    assert alerts.town.told() == []
    assert await pool.fetchval("SELECT last_reply FROM broadcast_delivery") == "too-late"
    assert (await alerts.read(f"/v1/alerts/{alert}"))["state"] == "done"


async def test_an_alert_has_one_follower(alerts: Alerts) -> None:
    first = await alerts.issue()
    rival = (await alerts.draft(kind="update", follows=first)).json()["id"]
    update = await alerts.issue(kind="update", follows=first)
    refused = await alerts.draft(kind="all-clear", follows=first)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/follows")
    assert (await alerts.move(alerts.second, rival, "approve")).status_code == 409
    public = (await alerts.town.client.get("/v1/collectivities/paris/alerts")).json()["items"]
    assert [each["id"] for each in public] == [update]
    await alerts.issue(kind="all-clear", follows=update)


async def test_who_asks_for_help_after_a_page_of_others_is_on_the_next(alerts: Alerts) -> None:
    for name in ("a", "b", "c"):
        await alerts.live(f"{name}@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    await alerts.town.send()
    for number in range(3):
        await alerts.town.client.post(alerts.link(number), data={"answer": "help"})
    asked, path, pages = [mail["To"] for mail in alerts.town.post.sink.mails()], f"/v1/alerts/{alert}/answers", []
    page = await alerts.read(f"{path}?limit=2")
    pages.append([each["email"] for each in page["items"]])
    page = await alerts.read(f"{path}?limit=2&cursor={page['next_cursor']}")
    pages.append([each["email"] for each in page["items"]])
    assert (pages, page["next_cursor"]) == ([asked[:2], asked[2:]], None)
    await alerts.town.client.post(alerts.link(0), data={"answer": "safe"})
    (safe,) = (await alerts.read(f"{path}?answer=safe"))["items"]
    assert (safe["email"], safe["places"]) == (asked[0], []), "where they live is for who helps"
