# SPDX-License-Identifier: EUPL-1.2
"""The register is listed by what agents look for, searched by name, checked, and taken along for the préfet."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_town import HALL, STATION, Town

from parvis_notifications.service import find_in_register, walk_register
from parvis_notifications.service.index_register import index_register

PATH = "/v1/register-entries"
HOMES = ("12 rue de Rivoli, 75004 Paris", "3 r. de Rivoli 75004 Paris", "1 avenue Foch, 75016 Paris")


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


async def listed(alerts: Alerts, query: str) -> list[str]:
    return [each["id"] for each in (await alerts.read(f"{PATH}?{query}"))["items"]]


async def found(alerts: Alerts, **wanted: str) -> list[str]:
    answer = await alerts.town.client.post("/v1/register-searches", json=wanted, headers=alerts.author.headers)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return [each["id"] for each in answer.json()["items"]]


async def exported(alerts: Alerts) -> Sequence[dict[str, str]]:
    answer = await alerts.town.post.get(alerts.author, "/v1/register-csv")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_it_is_listed_by_street_need_area_and_consent(alerts: Alerts) -> None:
    twelve, three, foch = [await alerts.enter(address) for address in HOMES]
    far = await alerts.enter("8 quai 75004 Paris", position={"type": "Point", "coordinates": STATION}, needs="Oxygène")
    assert await listed(alerts, "postcode=75004&street=RUE de riv") == [three, twelve]
    assert await listed(alerts, "street=rue de R") == [three, twelve]
    nothing = await alerts.town.post.get(alerts.author, f"{PATH}?street=75001")
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "#/query/street")
    assert await listed(alerts, "postcode=75016") == [foch]
    assert await listed(alerts, "needs=true") == [far]
    assert await listed(alerts, "needs=false&postcode=75004") == [three, twelve]
    around = [[lon + dx, lat + dy] for lon, lat in [HALL] for dx, dy in ((-1e-3, -1e-3), (1e-3, -1e-3), (0, 1e-3))]
    area = {
        "label": {"fr": "Hôtel", "en": "Hall"},
        "outlines": [{"type": "Polygon", "coordinates": [[*around, around[0]]]}],
    }
    kept = await alerts.town.client.put(
        "/v1/alert-areas/hotel", json=area, headers=alerts.author.headers | {"If-Match": '"0"'}
    )
    assert kept.status_code < 300, kept.text
    assert await listed(alerts, "area=hotel") == [foch, three, twelve]
    assert (await alerts.town.post.get(alerts.author, f"{PATH}?area=nowhere")).status_code == 404
    await alerts.town.post.pool.execute("UPDATE subscriber SET emergency_at = NULL WHERE id = $1", UUID(foch))
    assert await listed(alerts, "agreed=false") == [foch]
    assert await listed(alerts, "agreed=true&needs=false") == [three, twelve]


async def test_who_was_not_checked_for_long_comes_first_until_somebody_does(alerts: Alerts) -> None:
    made = [await alerts.enter(address) for address in HOMES]
    pool = alerts.town.post.pool
    for year, each in enumerate(made, 2021):
        await pool.execute(f"UPDATE register_entry SET checked_at = '{year}-01-01T00:00Z' WHERE id = $1", UUID(each))
    pages, cursor = list[str](), ""
    for _ in made:
        answer = await alerts.read(f"{PATH}?sort=checked_at&limit=1{cursor}")
        pages += [each["id"] for each in answer["items"]]
        cursor = f"&cursor={answer['next_cursor']}"
    assert pages == made
    assert answer["next_cursor"] is None
    assert await listed(alerts, "checked_before=2022-06-01T00:00:00Z&sort=checked_at") == made[:2]
    stale = alerts.author.headers | {"If-Match": '"2"'}
    assert (await alerts.town.client.put(f"{PATH}/{made[0]}/check", headers=stale)).status_code == 412
    right = alerts.author.headers | {"If-Match": '"1"'}
    checked = await alerts.town.client.put(f"{PATH}/{made[0]}/check", headers=right)
    assert (checked.status_code, checked.headers["etag"]) == (200, '"1"')
    assert await listed(alerts, "checked_before=2022-06-01T00:00:00Z") == [made[1]]
    acts = await pool.fetch("SELECT entry FROM register_access WHERE act = 'check'")
    assert [str(row["entry"]) for row in acts] == [made[0]]


async def test_somebody_is_found_by_name_which_stands_nowhere_readable(alerts: Alerts) -> None:
    elise = await alerts.enter(HOMES[0], "Lefèvre-Roux")
    other = await alerts.enter(HOMES[1], "LEFEVRE ROUX", birth_on="1941-01-01")
    await alerts.enter(HOMES[2], "Roux")
    assert await found(alerts, family_name="lefevre roux") == [other, elise]
    assert await found(alerts, family_name="LEFÈVRE-ROUX", birth_on="1938-04-02") == [elise]
    assert await found(alerts, family_name="lefevre") == []
    pool = alerts.town.post.pool
    assert "lefevre" not in str(await pool.fetch("SELECT * FROM register_entry")).casefold()
    people = await pool.fetch("SELECT people FROM register_access WHERE act = 'search' ORDER BY people")
    assert [row["people"] for row in people] == [0, 1, 2]
    service = alerts.town.post.service
    elsewhere = service.agent(collectivity="lyon")
    answer = await alerts.town.client.post(
        "/v1/register-searches", json={"family_name": "Roux"}, headers=elsewhere.headers
    )
    assert answer.json() == {"items": [], "more": False}


async def test_of_a_name_that_many_have_the_one_born_then_is_found_and_it_is_said_that_there_are_more(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_in_register, "MOST", 2)
    old = await alerts.enter(HOMES[0], birth_on="1931-05-06")
    for _ in range(3):
        await alerts.enter(HOMES[1])
    assert await found(alerts, family_name="roux", birth_on="1931-05-06") == [old]

    async def more(**wanted: str) -> tuple[int, bool]:
        body = {"family_name": "roux"} | wanted
        answer = await alerts.town.client.post("/v1/register-searches", json=body, headers=alerts.author.headers)
        return len(answer.json()["items"]), answer.json()["more"]

    assert [await more(), await more(birth_on="1938-04-02"), await more(birth_on="1931-05-06")] == [
        (2, True),
        (2, True),
        (1, False),
    ]


async def test_what_is_corrected_is_listed_and_found_as_it_is_now(alerts: Alerts) -> None:
    made = await alerts.enter(HOMES[0])
    body = {
        "ground": "age", "requested_by": "self", "given_names": "Odette", "family_name": "BLANC",
        "birth_on": "1938-04-02", "address": HOMES[2], "position": {"type": "Point", "coordinates": HALL},
        "reason": "Elle a déménagé.",
    }  # fmt: skip
    headers = alerts.author.headers | {"If-Match": '"1"'}
    assert (await alerts.town.client.put(f"{PATH}/{made}", json=body, headers=headers)).status_code == 200
    assert (await found(alerts, family_name="Blanc"), await found(alerts, family_name="Roux")) == ([made], [])
    assert (await listed(alerts, "postcode=75016"), await listed(alerts, "postcode=75004")) == ([made], [])


async def test_it_is_taken_along_street_by_street_and_each_piece_is_a_look(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk_register, "BATCH", 2)
    for address in HOMES:
        await alerts.enter(address, needs="=Oxygène")
    assert [(each["street"], each["number"], each["needs"]) for each in await exported(alerts)] == [
        ("rue de rivoli", "3", "'=Oxygène"),
        ("rue de rivoli", "12", "'=Oxygène"),
        ("avenue foch", "1", "'=Oxygène"),
    ]
    seen = await alerts.town.post.pool.fetch("SELECT people FROM register_access WHERE act = 'export' ORDER BY people")
    assert [row["people"] for row in seen] == [1, 2]
    other = alerts.town.post.service.agent(scope="notifications.alerts.read")
    assert (await alerts.town.post.get(other, "/v1/register-csv")).status_code == 403


async def test_entries_of_before_are_listed_at_once_and_found_once_the_worker_has_read_them(alerts: Alerts) -> None:
    twelve, three, foch = [await alerts.enter(address) for address in HOMES]
    pool, runtime = alerts.town.post.pool, alerts.town.post.service.runtime
    before = "UPDATE register_entry SET walk = NULL, name_mark = NULL, has_needs = NULL, checked_at = NULL,"
    await pool.execute(f"{before} read_version = NULL")
    assert {each["number"] for each in await exported(alerts)} == {"1", "3", "12"}
    assert await listed(alerts, "sort=checked_at") == [twelve, three, foch]
    await runtime.persons.destroy(UUID(foch))
    assert await index_register(runtime.database, runtime.persons, runtime.blind_index, batch=2) == 3
    assert await index_register(runtime.database, runtime.persons, runtime.blind_index, batch=2) == 0
    assert await listed(alerts, "street=rue") == [three, twelve]
    assert await found(alerts, family_name="roux") == [three, twelve]
    assert [each["number"] for each in await exported(alerts)] == ["3", "12"]


async def test_an_entry_that_cannot_be_read_keeps_none_behind_it_from_being_found(alerts: Alerts) -> None:
    broken, three, foch = [await alerts.enter(address) for address in HOMES]
    pool, runtime = alerts.town.post.pool, alerts.town.post.service.runtime
    await pool.execute("UPDATE register_entry SET read_version = NULL, name_mark = NULL")
    await pool.execute("UPDATE register_entry SET content = '\\x00' WHERE id = $1", UUID(broken))
    assert await index_register(runtime.database, runtime.persons, runtime.blind_index, batch=1) == 2
    assert await found(alerts, family_name="roux") == [foch, three]
