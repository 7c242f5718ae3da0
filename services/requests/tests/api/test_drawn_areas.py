# SPDX-License-Identifier: EUPL-1.2
"""Administrators draw the areas of a territory, draw them anew and retire them; requests keep the area they had."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from requests_town import Town

from parvis_kit.locale import Text
from parvis_requests.domain.area import DrawnArea
from parvis_requests.service.catalogue_file import CatalogueSeed, GroupSeed
from parvis_requests.service.seed_catalogue import CatalogueRows, seed_catalogue
from parvis_testing import Caller

POTHOLE = {"code": "pothole", "name": {"fr": "Nid de poule", "en": "Pothole"}}


def square(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 48], [east, 48], [east, 49], [west, 49], [west, 48]]
    return {"type": "Polygon", "coordinates": [ring]}


def said(geometry: Any, **more: Any) -> dict[str, Any]:
    return {"level": "quartier", "name": "Le Bourg", "parent": "whole", "geometry": geometry, **more}


class Drawn(Town):
    """A town of its own for each test: what a process has read of a catalogue, it keeps for a while."""

    _slugs = itertools.count()

    def __init__(self, town: Town) -> None:
        super().__init__(town.service)
        self.slug = f"cadastre-{next(self._slugs)}"


@pytest.fixture
async def drawn(town: Town) -> Drawn:
    """Its whole territory is one area."""
    here = Drawn(town)
    group = GroupSeed(code="roads", name=Text(fr="Voirie", en="Roads"), types=[POTHOLE])
    seed = CatalogueSeed(collectivity=here.slug, default_team="accueil", groups=[group])
    async with town.service.runtime.database.unit_of_work() as uow:
        whole = DrawnArea("whole", "commune", "Commune", None, square(2, 6))
        await seed_catalogue(uow.session, CatalogueRows(seed, seed.definitions(), [whole], []), datetime.now(UTC))
        await uow.commit()
    return here


async def draw(town: Drawn, code: str, body: dict[str, Any], caller: Caller | None = None) -> httpx.Response:
    headers = (caller or town.administrator(town.slug)).headers | {"Idempotency-Key": town.key()}
    return await town.client.post("/v1/areas", json=body | {"code": code}, headers=headers)


async def redraw(town: Drawn, code: str, tag: str, body: dict[str, Any]) -> httpx.Response:
    headers = town.administrator(town.slug).headers | {"If-Match": tag}
    return await town.client.put(f"/v1/areas/{code}", json=body, headers=headers)


async def retire(town: Drawn, code: str, tag: str) -> httpx.Response:
    headers = town.administrator(town.slug).headers | {"If-Match": tag}
    return await town.client.delete(f"/v1/areas/{code}", headers=headers)


async def filed(town: Drawn, citizen: Caller, longitude: float) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [longitude, 48.5]}
    answer = await town.submit(citizen, request_type="pothole", answers={}, position=place)
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def offered(town: Drawn) -> list[str]:
    answer = await town.client.get(f"/v1/collectivities/{town.slug}/areas")
    return [area["code"] for area in answer.json()["items"]]


async def test_what_is_drawn_holds_at_once_and_what_was_filed_keeps_its_area(drawn: Drawn) -> None:
    citizen, agent = drawn.service.citizen(drawn.slug), drawn.service.agent(drawn.slug)
    before = await filed(drawn, citizen, 2.5)
    made = await draw(drawn, "bourg", said(square(2, 3)))
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', "/v1/areas/bourg")
    inside = await filed(drawn, citizen, 2.5)
    assert [request["area"]["code"] for request in (before, inside)] == ["whole", "bourg"]
    moved = await redraw(drawn, "bourg", '"1"', said(square(4, 5), name="Le Bourg neuf"))
    assert (moved.status_code, moved.json()["version"]) == (200, 2)
    assert (await filed(drawn, citizen, 2.5))["area"]["code"] == "whole"
    kept = (await drawn.get(citizen, f"/v1/requests/{inside['id']}")).json()
    assert kept["area"] == {"code": "bourg", "label": "Le Bourg neuf"}
    assert (await retire(drawn, "bourg", '"2"')).status_code == 204
    assert await offered(drawn) == ["whole"]
    assert (await filed(drawn, citizen, 4.5))["area"]["code"] == "whole"
    queue = (await drawn.get(agent, "/v1/work-queue?area=bourg")).json()["items"]
    assert [(item["id"], item["area"]["label"]) for item in queue] == [(inside["id"], "Le Bourg neuf")]
    told = (
        "SELECT data FROM outbox WHERE type LIKE '%area-changed%' AND data ->> 'area' = 'bourg' AND collectivity = $1"
    )
    events = [json.loads(row["data"]) for row in await drawn.service.runtime.database.pool.fetch(told, drawn.slug)]
    assert sorted((each["sequence"], each["retired"]) for each in events) == [(1, False), (2, False), (3, True)]
    back = await redraw(drawn, "bourg", '"3"', said(square(4, 5)))
    assert (back.json()["retired_at"], back.json()["version"]) == (None, 4)
    assert await offered(drawn) == ["bourg", "whole"]


async def test_agents_read_them_and_administrators_alone_draw(drawn: Drawn) -> None:
    agent = drawn.service.agent(drawn.slug)
    await draw(drawn, "bourg", said(square(2, 3)))
    await retire(drawn, "bourg", '"1"')
    read = await drawn.get(agent, "/v1/areas/bourg")
    assert (read.json()["geometry"], read.json()["retired_at"] is not None) == (square(2, 3), True)
    assert (await drawn.get(agent, "/v1/areas/bourg", **{"If-None-Match": read.headers["etag"]})).status_code == 304
    listed = (await drawn.get(agent, "/v1/areas?retired=true")).json()["items"]
    assert [area["code"] for area in listed] == ["bourg"]
    first = await drawn.get(agent, "/v1/areas?limit=1")
    second = await drawn.get(agent, first.links["next"]["url"])
    assert [page.json()["items"][0]["code"] for page in (first, second)] == ["bourg", "whole"]
    assert (await draw(drawn, "autre", said(square(2, 3)), agent)).status_code == 403
    assert (await drawn.get(drawn.service.citizen(drawn.slug), "/v1/areas")).status_code == 403
    assert (await drawn.get(drawn.service.agent("lutece"), "/v1/areas/bourg")).status_code == 404


BOW = [[2, 48], [3, 49], [3, 48], [2, 49], [2, 48]]
HOLE = [[2.2, 48.2], [2.8, 48.8], [2.8, 48.2], [2.2, 48.8], [2.2, 48.2]]


@pytest.mark.parametrize(
    ("geometry", "code", "pointer"),
    [
        ({"type": "Polygon", "coordinates": [BOW]}, "crosses-itself", "/geometry/coordinates/0"),
        (
            {"type": "Polygon", "coordinates": [*square(2, 3)["coordinates"], HOLE]},
            "crosses-itself",
            "/geometry/coordinates/1",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [square(4, 5)["coordinates"], [BOW]]},
            "crosses-itself",
            "/geometry/coordinates/1/0",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [square(2, 3)["coordinates"], square(2, 4)["coordinates"]]},
            "crosses-itself",
            "/geometry/coordinates",
        ),
        (square(200, 300), "outside-the-world", "/geometry"),
        ({"type": "Polygon", "coordinates": [BOW[:4]]}, "open-ring", "/geometry/coordinates/0"),
        ({"type": "Polygon", "coordinates": [[[["a"]], 3]]}, "no-geometry", "/geometry"),
        ({"type": "Polygon", "coordinates": [[]]}, "empty-area", "/geometry"),
        ({"type": "Point", "coordinates": [2, 48]}, "literal-error", "/geometry/type"),
    ],
)
async def test_an_outline_without_an_inside_is_pointed_at_and_not_stored(
    drawn: Drawn, geometry: Any, code: str, pointer: str
) -> None:
    answer = await draw(drawn, "bourg", said(geometry))
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, pointer)
    assert await offered(drawn) == ["whole"]


async def test_what_cannot_be_is_refused(drawn: Drawn) -> None:
    assert (await draw(drawn, "whole", said(square(2, 3)))).json()["code"] == "area-exists"
    nowhere = await draw(drawn, "bourg", said(square(2, 3), parent="nowhere"))
    assert [(error["code"], error["pointer"]) for error in nowhere.json()["errors"]] == [("no-such-parent", "/parent")]
    await draw(drawn, "bourg", said(square(2, 3)))
    turned = await redraw(drawn, "whole", '"1"', said(square(2, 6), parent="bourg"))
    assert turned.json()["errors"][0]["code"] == "no-such-parent"
    assert (await retire(drawn, "whole", '"1"')).json()["code"] == "area-in-use"
    assert (await redraw(drawn, "bourg", '"7"', said(square(2, 3)))).status_code == 412
    assert (await retire(drawn, "bourg", '"1"')).status_code == 204
    assert (await retire(drawn, "bourg", '"2"')).json()["code"] == "area-retired"
    huge = b'{"code": "x", "geometry": ' + b"[" * 1_100_000
    headers = drawn.administrator(drawn.slug).headers | {
        "Idempotency-Key": drawn.key(),
        "Content-Type": "application/json",
    }
    assert (await drawn.client.post("/v1/areas", content=huge, headers=headers)).status_code == 413
    deep = b'{"code": "x", "geometry": ' + b"[" * 500_000
    headers["Idempotency-Key"] = drawn.key()
    refused = await drawn.client.post("/v1/areas", content=deep, headers=headers)
    assert refused.status_code in {400, 422}
