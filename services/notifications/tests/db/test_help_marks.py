# SPDX-License-Identifier: EUPL-1.2
"""Who asked for help in an alert is marked as helped, and not: who waits is first, and each mark is kept, sealed."""

from datetime import timedelta
from typing import Any

import httpx
from notifications_alerts import Alerts
from notifications_post import merged
from notifications_town import EMERGENCY, HALL, place

from parvis_notifications.service.refresh_contacts import purge_audiences
from parvis_testing import Caller


async def asked(alerts: Alerts, *names: str) -> tuple[str, list[Caller]]:
    """An alert in answer to which these asked for help, in that order."""
    people = [await alerts.live(f"{name}@example.org", consents=[EMERGENCY], places=[place(HALL)]) for name in names]
    alert = await alerts.issue()
    await alerts.town.send()
    for each in people:
        await ask(alerts, each, alert)
    return alert, people


async def ask(alerts: Alerts, reader: Caller, alert: str, answer: str = "help") -> None:
    path = f"/v1/received-alerts/{alert}/answers"
    done = await alerts.town.client.post(path, json={"answer": answer}, headers=reader.headers)
    assert done.status_code == 200


async def listed(alerts: Alerts, alert: str, by: Caller | None = None, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await alerts.read(f"/v1/alerts/{alert}/answers{query}", by))["items"]
    return items


async def mark(
    alerts: Alerts, alert: str, item: dict[str, Any], action: str = "helped", by: Caller | None = None, **more: Any
) -> httpx.Response:
    body = {"action": action, "answered_at": item["answered_at"], **more}
    path = f"/v1/alerts/{alert}/answers/{item['recipient']}/transitions"
    return await alerts.town.client.post(path, json=body, headers=(by or alerts.author).headers)


async def test_who_was_helped_comes_after_who_waits_and_can_wait_again(alerts: Alerts) -> None:
    alert, _ = await asked(alerts, "a", "b", "c")
    first = (await listed(alerts, alert))[0]
    assert (first["email"], first["helped_at"], first["marks"]) == ("a@example.org", None, [])
    done = await mark(alerts, alert, first, note="Relogée à l'école")
    assert (done.status_code, done.headers["cache-control"]) == (200, "no-store")
    page = await alerts.read(f"/v1/alerts/{alert}/answers?limit=2")
    assert [each["email"] for each in page["items"]] == ["b@example.org", "c@example.org"]
    rest = await alerts.read(f"/v1/alerts/{alert}/answers?limit=2&cursor={page['next_cursor']}")
    assert ([each["email"] for each in rest["items"]], rest["next_cursor"]) == (["a@example.org"], None)
    back = await alerts.read(f"/v1/alerts/{alert}/answers?limit=2&cursor={rest['prev_cursor']}")
    assert back["items"] == page["items"]
    (told,) = rest["items"][0]["marks"]
    assert (told["helped"], told["agent"], told["note"]) == (True, alerts.author.subject, "Relogée à l'école")
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["help"] == {"open": 2, "helped": 1}
    (row,) = await alerts.town.post.pool.fetch("SELECT note FROM help_mark")
    assert "école".encode() not in row["note"]
    assert (await mark(alerts, alert, first)).status_code == 409, "another agent was faster"
    assert (await mark(alerts, alert, first, "reopen", alerts.second)).status_code == 200
    items = await listed(alerts, alert)
    assert [each["email"][0] for each in items] == ["a", "b", "c"]
    assert [(each["helped"], each["agent"]) for each in items[0]["marks"]] == [
        (False, alerts.second.subject),
        (True, alerts.author.subject),
    ]
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["help"] == {"open": 3, "helped": 0}
    acts = [each["act"] for each in (await alerts.read("/v1/register-accesses"))["items"]]
    assert [act for act in acts if not act.startswith("answers")] == ["help-reopened", "helped"]


async def test_who_asks_again_waits_again_and_no_older_look_takes_them_off(alerts: Alerts) -> None:
    alert, (reader,) = await asked(alerts, "a")
    (seen,) = await listed(alerts, alert)
    await mark(alerts, alert, seen)
    await ask(alerts, reader, alert)
    assert (await mark(alerts, alert, seen)).status_code == 409
    (now_open,) = await listed(alerts, alert)
    assert (now_open["helped_at"], len(now_open["marks"])) == (None, 1)
    assert (await mark(alerts, alert, now_open)).status_code == 200
    await ask(alerts, reader, alert, "safe")
    (safe,) = await listed(alerts, alert, query="?answer=safe")
    assert (await mark(alerts, alert, safe)).status_code == 409, "they asked for no help"
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["help"] == {"open": 0, "helped": 0}


async def test_marks_are_for_who_may_write_alerts_of_that_town_and_alert(alerts: Alerts) -> None:
    alert, _ = await asked(alerts, "a")
    (item,) = await listed(alerts, alert)
    other = await alerts.issue()
    agents = alerts.town.post.service.agent
    refused = [
        await mark(alerts, alert, item, by=agents(scope="notifications.alerts.read")),
        await mark(alerts, alert, item, by=agents("lutece")),
        await mark(alerts, other, item),
    ]
    assert [each.status_code for each in refused] == [403, 404, 404]
    assert await alerts.town.post.pool.fetch("SELECT 1 FROM help_mark") == []


async def test_a_note_goes_along_with_an_account_and_is_nobodys_once_it_was_erased(alerts: Alerts) -> None:
    alert, (reader,) = await asked(alerts, "a")
    (item,) = await listed(alerts, alert)
    await mark(alerts, alert, item, note="Étage 3")
    stays = alerts.town.post.person("neuf@example.org")
    await alerts.town.post.hear(merged(reader, stays))
    assert (await listed(alerts, alert))[0]["marks"][0]["note"] == "Étage 3"
    await alerts.town.post.service.runtime.persons.destroy(stays.person)
    (bare,) = await listed(alerts, alert)
    assert (bare["marks"][0]["note"], bare["marks"][0]["helped"]) == (None, True)
    refused = await mark(alerts, alert, bare, "reopen", note="Porte verte")
    assert refused.status_code == 409
    assert (await mark(alerts, alert, bare, "reopen")).status_code == 200


async def test_marks_go_with_the_audience(alerts: Alerts) -> None:
    alert, _ = await asked(alerts, "a")
    (item,) = await listed(alerts, alert)
    await mark(alerts, alert, item, note="Étage 3")
    pool = alerts.town.post.pool
    await pool.execute(
        "UPDATE broadcast SET (created_at, frozen_at) = (now() - interval '366 days', now() - interval '366 days')"
    )
    while await purge_audiences(pool, timedelta(days=365)):
        pass
    assert await pool.fetch("SELECT 1 FROM help_mark") == []
