# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from public_doors import PUBLIC, decide, file_publicly
from requests_town import TOWN_HALL, Town

AROUND = "bbox=2.3,48.8,2.4,48.9"


def at(longitude: float, latitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


async def shown(town: Town, query: str = AROUND, **headers: str) -> dict[str, Any]:
    answer = await town.client.get(f"{PUBLIC}?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def references(body: dict[str, Any]) -> list[str]:
    return [feature["id"] for feature in body["features"]]


async def test_the_map_is_geojson_and_names_nobody(town: Town) -> None:
    author = town.service.citizen()
    request = await file_publicly(town, author, address="4 rue de Monsieur Zyzomys")
    answer = await town.client.get(f"{PUBLIC}?{AROUND}", headers={"Accept-Language": "en"})
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json() == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": request["reference"],
                "geometry": at(*TOWN_HALL),
                "properties": {
                    "cluster": False,
                    "reference": request["reference"],
                    "request_type": {"code": "cartons", "label": "Cardboard boxes"},
                    "status": {"code": "submitted", "label": "Submitted"},
                    "number": 1,
                    "open": 1,
                    "area": {"code": "7510401", "label": "Saint-Merri"},
                    "text": None,
                    "photos": [],
                    "created_at": request["created_at"],
                    "updated_at": request["updated_at"],
                },
            }
        ],
        "complete": True,
    }
    for secret in (author.subject, request["id"], "Zyzomys", "blocks_pavement"):
        assert secret not in answer.text
    one = await town.client.get(f"{PUBLIC}/{request['reference'].lower()}", headers={"Accept-Language": "en"})
    assert one.json() == answer.json()["features"][0]


async def test_filters_narrow_the_map(town: Town) -> None:
    agent = town.service.agent()
    here, ended = await file_publicly(town), await file_publicly(town, position=at(2.36, 48.86))
    await town.act(agent, ended, "take", '"1"')
    await town.act(agent, ended, "resolve", '"2"')
    assert references(await shown(town)) == [ended["reference"], here["reference"]]
    assert references(await shown(town, f"{AROUND}&status=open")) == [here["reference"]]
    assert references(await shown(town, f"{AROUND}&status=closed")) == [ended["reference"]]
    assert references(await shown(town, "bbox=2.355,48.8,2.4,48.9")) == [ended["reference"]]
    assert references(await shown(town, f"{AROUND}&area={here['area']['code']}&status=open")) == [here["reference"]]
    assert references(await shown(town, f"{AROUND}&area=75104&status=open")) == [here["reference"]]
    assert references(await shown(town, f"{AROUND}&area=nowhere")) == []
    assert references(await shown(town, f"{AROUND}&type=cartons&status=open")) == [here["reference"]]
    assert references(await shown(town, f"{AROUND}&type=unknown")) == []
    since = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert references(await shown(town, f"{AROUND}&since={since}")) == []
    bounded = await shown(town, f"{AROUND}&max_features=1")
    assert (references(bounded), bounded["complete"]) == ([ended["reference"]], False)


async def test_only_the_last_ninety_days_are_shown_unless_more_is_asked_for_up_to_a_year(town: Town) -> None:
    old, ancient = await file_publicly(town), await file_publicly(town)
    pool = town.service.runtime.database.pool
    for request, days in ((old, 200), (ancient, 400)):
        filed = datetime.now(UTC) - timedelta(days=days)
        await pool.execute("UPDATE request SET created_at = $1 WHERE reference = $2", filed, request["reference"])
    assert references(await shown(town)) == []
    assert references(await shown(town, f"{AROUND}&since=0001-01-01T00:00:00Z")) == [old["reference"]]


async def test_what_is_near_comes_as_a_cluster_until_the_map_looks_closer(town: Town) -> None:
    agent = town.service.agent()
    near = [await file_publicly(town, position=at(2.3522 + n / 10_000, 48.8566)) for n in range(3)]
    alone = await file_publicly(town, position=at(2.39, 48.87))
    await decide(town, near[2], '"0"', agent, hidden=True, reason="Doublon.")
    await town.act(agent, near[1], "take", '"1"')
    await town.act(agent, near[1], "resolve", '"2"')
    body = await shown(town, f"{AROUND}&zoom=12")
    assert [feature["properties"].get("reference") for feature in body["features"]] == [alone["reference"], None]
    cluster = body["features"][1]
    told = {name: value for name, value in cluster["properties"].items() if value}
    assert told == {"cluster": True, "number": 2, "open": 1}
    assert cluster["geometry"] == at(2.35225, 48.8566)
    closer = await shown(town, f"{AROUND}&zoom=17")
    assert {feature["properties"]["cluster"] for feature in closer["features"]} == {False}
    assert len(closer["features"]) == 3
    assert (await shown(town, f"{AROUND}&zoom=12&max_features=1"))["complete"] is False


async def test_a_map_that_asks_tile_by_tile_shows_and_counts_each_request_once(town: Town) -> None:
    edges = (2.35, 2.355, 2.36, 2.365)
    filed = [await file_publicly(town, position=at(x, y)) for x in edges for y in (48.85, 48.86)]
    tiles = [f"bbox={x},{y},{x + 0.01:.2f},{y + 0.01:.2f}" for x in (2.34, 2.35, 2.36) for y in (48.84, 48.85, 48.86)]
    seen = [reference for tile in tiles for reference in references(await shown(town, tile))]
    assert sorted(seen) == sorted(request["reference"] for request in filed)
    for zoom in (12, 14, 16):
        grouped = [await shown(town, f"{tile}&zoom={zoom}") for tile in tiles]
        numbers = [feature["properties"]["number"] for body in grouped for feature in body["features"]]
        assert sum(numbers) == len(filed)


async def test_who_has_the_map_is_not_sent_it_again_until_it_changes(town: Town) -> None:
    await file_publicly(town)
    first = await town.client.get(f"{PUBLIC}?{AROUND}")
    assert first.headers["cache-control"] == "public, max-age=60"
    same = await town.client.get(f"{PUBLIC}?{AROUND}", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await file_publicly(town)
    other = await town.client.get(f"{PUBLIC}?{AROUND}", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    "box", ["", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=3,48,2,49", "bbox=0,0,181,1", "bbox=0,48,2.1,49", "bbox=nan,0,1,1"]
)
async def test_a_box_that_is_none_or_too_large_is_refused(town: Town, box: str) -> None:
    answer = await town.client.get(f"{PUBLIC}?{box}")
    assert answer.status_code == 422
    assert json.loads(answer.content)["errors"][0]["pointer"] == "#/query/bbox"


async def test_a_request_without_a_place_or_of_another_town_is_not_on_the_map(town: Town) -> None:
    await town.publish("placeless", public=True)
    placeless = await file_publicly(town, request_type="placeless", answers={}, position=None)
    assert references(await shown(town)) == []
    one = await town.client.get(f"{PUBLIC}/{placeless['reference']}")
    assert (one.status_code, one.json()["geometry"]) == (200, None)
    other = PUBLIC.replace("paris", "lutece")
    assert (await town.client.get(f"{other}/{placeless['reference']}")).status_code == 404
    assert (await town.client.get(f"{PUBLIC}/R-2026-0000-000")).status_code == 404
    assert (await town.client.get(f"{PUBLIC.replace('paris', 'nowhere')}?{AROUND}")).status_code == 404
