# SPDX-License-Identifier: EUPL-1.2
"""The demo town asks and divides itself as Paris does: by the open data that are in the repository."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from requests_town import STUDIED, Town

DATA = Path(__file__).parents[4] / "deploy/local/src/parvis_local/demo/data"
LEVELS = {
    "arrondissement": ("paris_arrondissements.geojson", "c_arinsee", "l_ar"),
    "quartier": ("paris_quartiers.geojson", "c_quinsee", "l_qu"),
}


def published(file: str) -> Any:
    return json.loads((DATA / file).read_text("utf-8"))


async def listed(town: Town, what: str) -> list[dict[str, Any]]:
    answer = await town.client.get(f"/v1/collectivities/paris/{what}")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_categories_of_the_street_are_those_of_the_town(town: Town) -> None:
    expected = {
        kind["type"]: {category["subtype"] for category in kind["subtypes"]}
        for kind in published("dansmarue_counts.json")["types"]
    }
    found = defaultdict(set)
    for item in await listed(town, "request-types"):
        if item["code"] != STUDIED and item["group"]["label"] in expected:
            found[item["group"]["label"]].add(item["name"])
    assert found == expected


async def test_each_type_has_a_json_schema_of_its_answers(town: Town) -> None:
    for item in await listed(town, "request-types"):
        schema = item["answers_schema"]
        Draft202012Validator.check_schema(schema)
        assert (schema["type"], schema["additionalProperties"]) == ("object", False), item["code"]


async def test_the_areas_are_those_of_the_town(town: Town) -> None:
    areas = await listed(town, "areas")
    for level, (file, code, name) in LEVELS.items():
        found = {(area["code"], area["name"]) for area in areas if area["level"] == level}
        features = [feature["properties"] for feature in published(file)["features"]]
        assert found == {(str(feature[code]), feature[name]) for feature in features}
    parents = {area["code"]: area["parent"] for area in areas if area["level"] == "quartier"}
    assert all(code.startswith(str(parent)) for code, parent in parents.items())


def test_each_file_has_a_source_and_a_licence() -> None:
    told = (DATA / "SOURCES.md").read_text("utf-8").splitlines()
    rows = {cells[1].strip(): cells for line in told if len(cells := line.split("|")) > 4}
    files = {path.name for path in DATA.iterdir()} - {"SOURCES.md"}
    assert files <= rows.keys()
    assert all(rows[file][3].strip() and rows[file][4].strip() for file in files)
