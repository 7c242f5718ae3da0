# SPDX-License-Identifier: EUPL-1.2
"""Of which time Open311 tells where a client says none, half or too much, and how much one answer holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from open311_client import Client, client_of
from requests_town import Town

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = (200, 95, 89, 3)


@pytest.fixture
async def client(town: Town) -> Client:
    return await client_of(town)


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


async def told(client: Client, **query: str) -> list[str]:
    with time_machine.travel(NOW, tick=False):
        return [r["service_request_id"] for r in (await client.get("requests.json", **query)).json()]


async def test_a_search_covers_ninety_days_however_much_is_asked_for(client: Client) -> None:
    made = {}
    for days in DAYS:
        with time_machine.travel(NOW - timedelta(days=days), tick=False):
            made[days] = await client.filed()
    for query, expected in (
        ({}, [3, 89]),
        ({"end_date": ago(4)}, [89]),
        ({"end_date": ago(6)}, [95, 89]),
        ({"start_date": ago(96)}, [89, 95]),
        ({"start_date": ago(201)}, [200]),
        ({"start_date": ago(96), "end_date": ago(0)}, [89, 95]),
        ({"start_date": ago(201), "end_date": ago(94)}, [200]),
        ({"start_date": ago(90), "end_date": ago(50)}, [89]),
    ):
        found = await told(client, **query)
        assert sorted(found) == sorted(made[days] for days in expected), query
    # Who names a report is told of it, whenever it was filed.
    assert await told(client, service_request_id=made[200]) == [made[200]]


async def test_a_list_of_statuses_is_all_of_them(client: Client) -> None:
    town, agent = client.town, client.town.service.agent()
    made = [await client.filed() for _ in range(2)]
    item = (await town.get(agent, "/v1/work-queue?sort=created_at")).json()["items"][0]
    taken = await town.act(agent, item, "take", '"1"')
    await town.act(agent, item, "resolve", taken.headers["etag"])

    async def found(status: str) -> list[str]:
        return [r["service_request_id"] for r in (await client.get("requests.json", status=status)).json()]

    assert (await found("closed"), await found("open")) == (made[:1], made[1:])
    assert await found("open,closed") == await found("closed, open") == made[::-1]
    wrong = await client.get("requests.json", status="open,lost")
    assert (wrong.status_code, wrong.json()[0]["code"]) == (400, 400)


async def test_one_answer_holds_a_thousand_reports(client: Client) -> None:
    columns = "collectivity, type_id, type_code, type_version, author, client_id, status, team, answers, description"
    reference = await client.filed()
    await client.town.service.runtime.database.pool.execute(
        f"""
        INSERT INTO request (id, reference, version, longitude, latitude, created_at, updated_at, {columns})
        SELECT gen_random_uuid(), 'R-2026-' || n, 1, longitude, latitude, created_at - n * interval '1 second',
            updated_at, {columns}
        FROM request, generate_series(1, 1000) AS n WHERE reference = $1""",
        reference,
    )
    for query in ({}, {"page_size": "5000"}):
        found = (await client.get("requests.json", **query)).json()
        assert (len(found), found[0]["service_request_id"]) == (1_000, reference)
    assert [len((await client.get("requests.json", page="2")).json())] == [1]


async def test_updates_of_a_time_in_the_middle_are_those_of_a_day_and_none_outside_it(client: Client) -> None:
    town = client.town
    with time_machine.travel(NOW - timedelta(days=10), tick=False):
        made = [await client.filed() for _ in range(3)]
    for hours, reference in zip((72, 60, 30), made, strict=True):
        with time_machine.travel(NOW - timedelta(hours=hours), tick=False):
            agent = town.service.agent()
            (item,) = (await town.get(agent, f"/v1/work-queue?q={reference}")).json()["items"]
            assert (await town.act(agent, item, "take", '"1"')).status_code == 201

    async def acts(**query: str) -> list[dict[str, Any]]:
        with time_machine.travel(NOW, tick=False):
            answer = await client.get("servicerequestupdates.json", **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        for act in found:
            at = datetime.fromisoformat(act["updated_datetime"])
            # A client that reads window by window drops what lies outside the one it asked for.
            assert query.get("start_date", ago(400)) <= at.isoformat() <= query.get("end_date", ago(0))
        return found

    for query, expected in (
        ({}, []),
        ({"end_date": ago(1)}, [2]),
        ({"end_date": ago(2)}, [0, 1]),
        ({"end_date": ago(2.9)}, [0]),
        ({"start_date": ago(2.9), "end_date": ago(2)}, [1]),
        ({"start_date": ago(2.9), "end_date": ago(0)}, [1]),
        ({"start_date": ago(3)}, [0, 1]),
        ({"start_date": ago(1), "end_date": ago(2)}, []),
    ):
        assert [act["service_request_id"] for act in await acts(**query)] == [made[n] for n in expected], query


async def test_the_address_of_a_photo_is_kept_for_the_agents_alone(client: Client) -> None:
    town, agent = client.town, client.town.service.agent()
    photo_at = "https://photos.example/a-pile-of-boxes.jpg"
    reference = await client.filed(media_url=photo_at)
    (item,) = (await town.get(agent, f"/v1/work-queue?q={reference}")).json()["items"]
    contact = (await town.get(agent, f"/v1/requests/{item['id']}/contact")).json()
    assert contact["media_url"] == photo_at
    for query in ({}, {"api_key": client.key}):
        answer = await client.get(f"requests/{reference}.json", extensions="true", **query)
        assert (answer.json()[0]["media_url"], "a-pile-of-boxes" in answer.text) == (None, False)
