# SPDX-License-Identifier: EUPL-1.2
"""Who is to be called on during an alert: in the order in which somebody walks, with what came of it."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_town import Town

from parvis_notifications.service import walk_register

ENTRIES = "/v1/register-entries"


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


async def issued(alerts: Alerts) -> str:
    """An alert that has gone to whom it is for."""
    alert = await alerts.issue()
    await alerts.town.send()
    return alert


async def listed(alerts: Alerts, alert: str, query: str = "") -> list[dict[str, str]]:
    answer = await alerts.town.post.get(alerts.author, f"/v1/alerts/{alert}/field-list{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["cache-control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.text)))


async def visit(alerts: Alerts, alert: str, recipient: str, outcome: str, **what: Any) -> httpx.Response:
    headers = alerts.author.headers | {"Idempotency-Key": alerts.town.post.key()}
    path = f"/v1/alerts/{alert}/register-entries/{recipient}/visits"
    return await alerts.town.client.post(path, json={"outcome": outcome, **what}, headers=headers)


async def test_they_are_listed_street_by_street_with_what_helpers_must_know(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_register, "BATCH", 2)
    for address in ("12 rue de Rivoli, 75004 Paris", "3 r. de Rivoli 75004 Paris", "1 avenue Foch, 75016 Paris"):
        await alerts.enter(address)
    await alerts.enter("3bis rue de Rivoli\n75004 Paris", "=SUM(1)", needs="Oxygène, étage 2", phone="+33142960001")
    await alerts.enter("Péniche Odette", "MARIN", email="odette@example.org")
    alert = await issued(alerts)
    found = await listed(alerts, alert)
    assert [(each["postcode"], each["street"], each["number"]) for each in found] == [
        ("", "peniche odette", ""),
        ("75004", "rue de rivoli", "3"),
        ("75004", "rue de rivoli", "3bis"),
        ("75004", "rue de rivoli", "12"),
        ("75016", "avenue foch", "1"),
    ]
    neighbour = found[2]
    assert (neighbour["family_name"], neighbour["needs"]) == ("'=SUM(1)", "Oxygène, étage 2")
    assert (neighbour["address"], neighbour["phone"]) == ("3bis rue de Rivoli\n75004 Paris", "'+33142960001")
    assert [each["reach"] for each in found] == ["reached", *["unreached"] * 4]
    unreached = await listed(alerts, alert, "?reach=unreached")
    assert [each["recipient"] for each in unreached] == [each["recipient"] for each in found[1:]]


async def test_who_was_called_on_and_not_found_stays_to_be_called_on(alerts: Alerts) -> None:
    for number in range(1, 5):
        await alerts.enter(f"{number} rue de Rivoli")
    alert = await issued(alerts)
    await alerts.town.post.pool.execute("UPDATE broadcast SET created_at = '2026-01-02T03:00:00Z'")
    met, nobody, away, _ = [each["recipient"] for each in await listed(alerts, alert)]
    for recipient, outcome in ((met, "met"), (nobody, "nobody"), (away, "away")):
        answer = await visit(alerts, alert, recipient, outcome, visited_at="2026-01-02T03:04:05Z")
        assert (answer.status_code, answer.json()["outcome"]) == (201, outcome)
        assert answer.json()["agent"] == str(alerts.author.subject)
    found = await listed(alerts, alert)
    assert [each["visit"] for each in found] == ["met", "nobody", "away", ""]
    assert found[0]["visited_at"].startswith("2026-01-02T04:04:05")
    assert [each["number"] for each in await listed(alerts, alert, "?visited=false")] == ["2", "4"]
    assert [each["number"] for each in await listed(alerts, alert, "?visited=true")] == ["1", "3"]
    await visit(alerts, alert, met, "withdrawn")
    await visit(alerts, alert, nobody, "met")
    assert [each["number"] for each in await listed(alerts, alert, "?visited=false")] == ["1", "4"]
    seen = (await alerts.read(f"/v1/alerts/{alert}/register-entries?visited=true"))["items"]
    assert {(str(each["recipient"]), each["visit"]["outcome"]) for each in seen} == {(nobody, "met"), (away, "away")}


async def test_each_list_and_each_visit_is_a_look_that_is_kept(alerts: Alerts) -> None:
    made = await alerts.enter("1 rue de Rivoli")
    alert = await issued(alerts)
    (one,) = await listed(alerts, alert)
    assert (await visit(alerts, alert, one["recipient"], "met")).status_code == 201
    kept = await alerts.town.post.pool.fetch("SELECT act, entry, alert, people FROM register_access ORDER BY id")
    acts = {row["act"]: (row["entry"], str(row["alert"]), row["people"]) for row in kept if row["alert"]}
    assert acts["field-list"] == (None, alert, 1)
    assert (str(acts["visited"][0]), *acts["visited"][1:]) == (made, alert, 1)


async def test_nobody_else_lists_or_visits(alerts: Alerts) -> None:
    await alerts.enter("1 rue de Rivoli")
    alert, other = await issued(alerts), await issued(alerts)
    (one,) = await listed(alerts, alert)
    (theirs,) = await listed(alerts, other)
    service = alerts.town.post.service
    for caller, status in (
        (service.agent(collectivity="lyon"), 404),
        (service.agent(scope="notifications.alerts.read notifications.alerts.write"), 403),
    ):
        assert (await alerts.town.post.get(caller, f"/v1/alerts/{alert}/field-list")).status_code == status
    assert (await visit(alerts, alert, theirs["recipient"], "met")).status_code == 404
    assert (await visit(alerts, alert, one["recipient"], "well")).status_code == 422
    for year in (2126, 2019):
        wrong = await visit(alerts, alert, one["recipient"], "met", visited_at=f"{year}-01-02T03:04:05Z")
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/visited_at")
    assert await alerts.town.post.pool.fetchval("SELECT count(*) FROM register_visit") == 0


async def test_who_was_taken_out_is_in_no_list_and_visits_go_with_the_audience(alerts: Alerts) -> None:
    made = await alerts.enter("1 rue de Rivoli")
    alert = await issued(alerts)
    (one,) = await listed(alerts, alert)
    await visit(alerts, alert, one["recipient"], "nobody")
    answer = await alerts.town.client.delete(f"{ENTRIES}/{made}", headers=alerts.author.headers | {"If-Match": '"1"'})
    assert answer.status_code == 204
    assert await listed(alerts, alert) == []
    assert (await visit(alerts, alert, one["recipient"], "met")).status_code == 404
    await alerts.town.post.pool.execute("DELETE FROM broadcast_delivery")
    await alerts.town.post.pool.execute("DELETE FROM recipient")
    assert await alerts.town.post.pool.fetchval("SELECT count(*) FROM register_visit") == 0


async def test_a_note_of_a_visit_is_read_by_who_goes_there_next_and_is_sealed_with_the_entry(alerts: Alerts) -> None:
    made = await alerts.enter("1 rue de Rivoli")
    alert = await issued(alerts)
    (one,) = await listed(alerts, alert)
    noted = await visit(alerts, alert, one["recipient"], "nobody", note="Volets fermés, voisine prévenue")
    assert (noted.status_code, noted.json()["note"]) == (201, "Volets fermés, voisine prévenue")
    pool = alerts.town.post.pool
    assert b"voisine" not in await pool.fetchval("SELECT note FROM register_visit")
    assert (await listed(alerts, alert))[0]["note"] == "Volets fermés, voisine prévenue"
    (seen,) = (await alerts.read(f"/v1/alerts/{alert}/register-entries"))["items"]
    assert seen["visit"]["note"] == "Volets fermés, voisine prévenue"
    assert (await visit(alerts, alert, one["recipient"], "met", note="x" * 501)).status_code == 422
    await visit(alerts, alert, one["recipient"], "met")
    assert (await listed(alerts, alert))[0]["note"] == ""
    await alerts.town.post.service.runtime.persons.destroy(UUID(made))
    late = await visit(alerts, alert, one["recipient"], "met", note="Trop tard")
    assert late.status_code == 404
