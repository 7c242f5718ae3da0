# SPDX-License-Identifier: EUPL-1.2
"""Residents of no register whom an alert did not reach: homes where they were given for that, else how many by area."""

import csv
import io
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_town import EMERGENCY, EXERCISE, HALL, SQUARE, STATION, Town, place

from parvis_notifications.domain.topic import Channel
from parvis_notifications.service import list_unreached
from parvis_notifications.service.subscribe_alone import address_mark


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


async def listed(alerts: Alerts, alert: str) -> list[dict[str, str]]:
    answer = await alerts.town.post.get(alerts.author, f"/v1/alerts/{alert}/unreached-homes")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def failed(alerts: Alerts, *emails: str) -> None:
    """The mails to these have bounced for good."""
    pool, index = alerts.town.post.pool, alerts.town.post.service.runtime.blind_index
    for email in emails:
        await pool.execute(
            "UPDATE broadcast_delivery SET state = 'failed' WHERE recipient IN (SELECT r.number FROM recipient r"
            " JOIN subscriber s ON s.id = r.subscriber_id WHERE s.collectivity = 'paris' AND s.email_mark = $1)",
            address_mark(index, Channel.EMAIL, email),
        )


async def named(alerts: Alerts, code: str) -> None:
    body = {"label": {"fr": "Quais", "en": "Quays"}, "outlines": [SQUARE]}
    headers = alerts.author.headers | {"If-Match": '"0"'}
    answer = await alerts.town.client.put(f"/v1/alert-areas/{code}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text


async def test_homes_of_whom_no_channel_reached_are_listed_and_others_counted_by_area(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_unreached, "BATCH", 2)
    await named(alerts, "quais")
    drawn = {"label": "Le quai", "outline": SQUARE}
    for email, where in (
        ("ada@example.org", place(HALL, label="=12 quai")),
        ("bob@example.org", place(HALL)),
        ("eve@example.org", place(HALL, label="3 rue de Rivoli")),
        ("zoe@example.org", drawn),
    ):
        await alerts.live(email, consents=[EMERGENCY], places=[where])
    alert = await alerts.issue(areas=[], named_areas=["quais"])
    assert await listed(alerts, alert) == []
    await alerts.town.send()
    await failed(alerts, "ada@example.org", "eve@example.org", "zoe@example.org")
    found = await listed(alerts, alert)
    *homes, others = [(each["place"], each["area"], each["people"]) for each in found]
    assert (sorted(homes), others) == ([("'=12 quai", "", "1"), ("3 rue de Rivoli", "", "1")], ("", "quais", "1"))
    assert [float(found[0]["longitude"]), float(found[0]["latitude"])] == HALL
    kept = await alerts.town.post.pool.fetch("SELECT people FROM register_access WHERE act = 'homes-list'")
    assert sum(row["people"] for row in kept) == 2


async def test_who_answered_or_has_an_address_that_was_reached_is_not_listed(alerts: Alerts) -> None:
    for email in ("ada@example.org", "bob@example.org"):
        await alerts.live(email, consents=[EMERGENCY], places=[place(HALL)])
    await alerts.live("ada@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    await alerts.town.send()
    assert await listed(alerts, alert) == []
    await failed(alerts, "ada@example.org", "bob@example.org")
    assert len(await listed(alerts, alert)) == 3
    await alerts.town.post.pool.execute("UPDATE recipient SET answered_at = now(), answer = 'safe'")
    assert await listed(alerts, alert) == []


async def test_an_exercise_shows_no_home_and_an_erased_person_none_either(alerts: Alerts) -> None:
    reader = await alerts.live("ada@example.org", consents=[EMERGENCY, EXERCISE], places=[place(HALL)])
    exercise, alert = await alerts.issue(exercise=True), await alerts.issue()
    await alerts.town.send()
    await failed(alerts, "ada@example.org")
    (counted,) = await listed(alerts, exercise)
    assert (counted["place"], counted["longitude"], counted["people"]) == ("", "", "1")
    assert [each["people"] for each in await listed(alerts, alert)] == ["1"]
    await alerts.town.post.service.runtime.persons.destroy(UUID(reader.subject))
    (counted,) = await listed(alerts, alert)
    assert (counted["place"], counted["longitude"], counted["people"]) == ("", "", "1")
    looks = await alerts.town.post.pool.fetch("SELECT people FROM register_access WHERE act = 'homes-list'")
    assert sorted(row["people"] for row in looks) == [0, 0, 1]


async def test_who_agrees_no_more_is_counted_and_nobody_goes_there(alerts: Alerts) -> None:
    for email in ("ada@example.org", "bob@example.org"):
        await alerts.live(email, consents=[EMERGENCY], places=[place(HALL, label=email)])
    alert = await alerts.issue()
    await alerts.town.send()
    await failed(alerts, "ada@example.org", "bob@example.org")
    index = alerts.town.post.service.runtime.blind_index
    await alerts.town.post.pool.execute(
        "UPDATE subscriber SET emergency_at = NULL WHERE email_mark = $1",
        address_mark(index, Channel.EMAIL, "ada@example.org"),
    )
    assert [(each["place"], each["people"]) for each in await listed(alerts, alert)] == [
        ("bob@example.org", "1"),
        ("", "1"),
    ]


async def test_an_address_of_several_was_reached_as_one_of_them_by_what_goes_there(alerts: Alerts) -> None:
    pool = alerts.town.post.pool
    for email in ("ada@example.org", "bob@example.org"):
        await alerts.live(email, consents=[EMERGENCY], places=[place(HALL, label=email)])
    alert = await alerts.issue()
    await alerts.town.send()
    await failed(alerts, "ada@example.org")

    async def homes() -> list[str]:
        return [each["place"] for each in await listed(alerts, alert)]

    ada = ["ada@example.org"]
    await pool.execute("UPDATE subscriber SET line_mark = '\\x01'")
    assert await homes() == ada, "the mail to bob did not ring their phone"
    await pool.execute("UPDATE broadcast_delivery SET channel = 'voice' WHERE state <> 'failed'")
    assert await homes() == []
    # One of them was kept before fixed lines were known.
    await pool.execute(
        "UPDATE subscriber s SET line_mark = NULL, phone_mark = '\\x01' FROM recipient r JOIN broadcast_delivery d"
        " ON d.recipient = r.number WHERE r.subscriber_id = s.id AND d.state = 'failed'"
    )
    assert await homes() == []
    await pool.execute("UPDATE subscriber SET line_mark = NULL, phone_mark = NULL")
    await pool.execute(
        "INSERT INTO chat_address (id, collectivity, person, address, mark, tries, version, created_at, confirmed_at)"
        " SELECT gen_random_uuid(), collectivity, person, '\\x00', '\\x02', 0, 1, now(), now() FROM subscriber"
    )
    assert await homes() == ada
    await pool.execute("UPDATE broadcast_delivery SET channel = 'chat' WHERE state <> 'failed'")
    assert await homes() == []


async def test_where_somebody_lives_outside_the_area_nobody_goes(alerts: Alerts) -> None:
    await alerts.live("ada@example.org", consents=[EMERGENCY], places=[place(STATION), place(HALL, label="Bureau")])
    alert = await alerts.issue()
    await alerts.town.send()
    await failed(alerts, "ada@example.org")
    assert [each["place"] for each in await listed(alerts, alert)] == ["Bureau"]


async def test_it_is_for_agents_of_the_town_with_the_rights_of_the_register(alerts: Alerts) -> None:
    alert, service = await alerts.issue(), alerts.town.post.service
    for caller, status in (
        (service.agent(collectivity="lyon"), 404),
        (service.agent(scope="notifications.alerts.read"), 403),
    ):
        answer = await alerts.town.post.get(caller, f"/v1/alerts/{alert}/unreached-homes")
        assert answer.status_code == status
