# SPDX-License-Identifier: EUPL-1.2
"""The areas of a town: which outlines are taken, and in which of them a place lies."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from requests_town import Town

from parvis_requests.service.area_geometry import geometry_fault
from parvis_requests.service.seed_catalogue import read_seed, seed_catalogue

SEED = """
catalogues:
  - collectivity: faubourg
    default_team: accueil
    areas:
      - {file: areas.geojson, level: quartier, code: code, name: name, parent: parent}
    groups:
      - code: roads
        name: {fr: Voirie, en: Roads}
        types: [{code: pothole, name: {fr: Nid de poule, en: Pothole}}]
"""


def ring(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in (*points, points[0])]]}


def square(west: float, east: float) -> dict[str, Any]:
    return ring((west, 48), (east, 48), (east, 49), (west, 49))


BOW = ring((2, 48), (3, 49), (3, 48), (2, 49))


def written(folder: Path, **areas: tuple[str, dict[str, Any]]) -> Path:
    features = [
        {"properties": {"code": code, "name": code, "parent": parent}, "geometry": geometry}
        for code, (parent, geometry) in areas.items()
    ]
    (folder / "areas.geojson").write_text(json.dumps({"features": features}), "utf-8")
    (folder / "seed.yaml").write_text(SEED, "utf-8")
    return folder / "seed.yaml"


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (BOW, "Self-intersection[2.5 48.5]"),
        ({"type": "MultiPolygon", "coordinates": [square(2, 3)["coordinates"], BOW["coordinates"]]}, "Self-inter"),
        ({"type": "MultiPolygon", "coordinates": [square(2, 3)["coordinates"]] * 2}, "Self-intersection"),
        ({"type": "Point", "coordinates": [2, 48]}, "a Polygon or a MultiPolygon"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Polygon", "coordinates": [[[2, 48], [3, 48]]]}, "no such geometry"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], [3, 48], [3, 49], ["a", "b"]]]}, "no such geometry"),
        ({"type": "Polygon"}, "no such geometry"),
        (ring((48, 2), (48, 200), (49, 200)), "outside of the world"),
        (None, "a Polygon or a MultiPolygon"),
    ],
)
def test_an_outline_that_holds_nothing_together_is_refused(geometry: dict[str, Any] | None, said: str) -> None:
    fault = geometry_fault(geometry)
    assert fault
    assert said in fault.said


def test_a_refused_outline_is_pointed_at(tmp_path: Path) -> None:
    assert geometry_fault(square(2, 3)) is None
    file = written(tmp_path, west=("whole", square(2, 3)), bow=("whole", BOW))
    with pytest.raises(ValueError, match=r"areas\.geojson: /features/1/geometry: Self-intersection\[2\.5 48\.5\]"):
        read_seed(file)


async def test_a_place_that_no_part_holds_lies_in_the_whole(town: Town, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        country=("", square(1, 9)),
        whole=("country", square(2, 6)),
        west=("whole", square(2, 3)),
        alone=("", square(10, 11)),
    )
    (rows,) = read_seed(file)
    async with town.service.runtime.database.unit_of_work() as uow:
        await seed_catalogue(uow.session, rows, datetime.now(UTC))
        await uow.commit()
    citizen, found = town.service.citizen("faubourg"), {}
    for longitude in (2.5, 4.5, 8.0, 10.5):
        place = {"type": "Point", "coordinates": [longitude, 48.5]}
        answer = await town.submit(citizen, request_type="pothole", answers={}, position=place)
        assert answer.status_code == 201, answer.text
        found[longitude] = answer.json()["area"]["code"]
    assert found == {2.5: "west", 4.5: "whole", 8.0: "country", 10.5: "alone"}
    place = {"type": "Point", "coordinates": [12.0, 48.5]}
    outside = await town.submit(citizen, request_type="pothole", answers={}, position=place)
    assert outside.json()["code"] == "outside-territory"
