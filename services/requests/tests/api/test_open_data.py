# SPDX-License-Identifier: EUPL-1.2
import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from public_doors import OPEN_DATA, decide, file_publicly
from requests_town import TOWN_HALL, Town

from parvis_requests.service import export_public as module
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.export_public import export_public
from parvis_requests.service.read_public import Asked


async def rows(town: Town, **query: Any) -> list[dict[str, str]]:
    answer = await town.client.get(f"{OPEN_DATA}-csv", params=query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_the_export_holds_each_request_once_and_names_nobody(town: Town) -> None:
    author = town.service.citizen()
    first = await file_publicly(town, author, address="4 rue Zyzomys", description="Zyzomys")
    second = await file_publicly(town)
    await decide(town, second, '"0"', text='=HYPERLINK("x") "ici",\nlà')
    answer = await town.client.get(f"{OPEN_DATA}-csv", headers={"Accept-Language": "en"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert 'rel="license"' in answer.headers["link"]
    assert answer.text.splitlines()[0] == (
        "reference,type,type_name,status,status_name,open,area,area_name,longitude,latitude,created_at,updated_at,text"
    )
    read = await rows(town)
    assert [row["reference"] for row in read] == [first["reference"], second["reference"]]
    assert (read[0]["longitude"], read[0]["latitude"], read[0]["text"]) == (str(TOWN_HALL[0]), str(TOWN_HALL[1]), "")
    assert read[1]["text"] == '\'=HYPERLINK("x") "ici",\nlà'
    for secret in (author.subject, first["id"], "Zyzomys", "blocks_pavement", "4 rue"):
        assert secret not in answer.text


async def test_the_dictionary_describes_each_column_in_both_languages(town: Town) -> None:
    header = (await town.client.get(f"{OPEN_DATA}-csv")).text.splitlines()[0].split(",")
    titles = set()
    for language in ("fr", "en"):
        answer = await town.client.get(f"{OPEN_DATA}-schema", headers={"Accept-Language": language})
        schema = answer.json()
        assert [field["name"] for field in schema["fields"]] == header
        assert all(field["description"] and field["title"] for field in schema["fields"])
        assert schema["licenses"][0]["name"] == "etalab-2.0"
        titles.add(schema["title"])
    assert len(titles) == 2
    assert (await town.client.get(f"{OPEN_DATA.replace('paris', 'nowhere')}-schema")).status_code == 404


async def test_geojson_says_the_same(town: Town) -> None:
    empty = (await town.client.get(f"{OPEN_DATA}-geojson")).json()
    assert (empty["type"], empty["features"], empty["complete"]) == ("FeatureCollection", [], True)
    assert "Etalab" in empty["licence"]
    filed = [(await file_publicly(town))["reference"] for _ in range(2)]
    answer = await town.client.get(f"{OPEN_DATA}-geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert [feature["id"] for feature in answer.json()["features"]] == filed


async def test_an_export_goes_by_type_state_area_and_time(town: Town) -> None:
    request, agent = await file_publicly(town), town.service.agent()
    await town.act(agent, request, "take", '"1"')
    await town.act(agent, request, "resolve", '"2"')
    assert [row["open"] for row in await rows(town, status="closed")] == ["false"]
    assert await rows(town, status="open") == []
    assert await rows(town, type="unknown") == []
    assert len(await rows(town, area="75104", until="2100-01-01T00:00:00Z")) == 1
    assert await rows(town, since="2100-01-01T00:00:00Z") == []
    assert await rows(town, until="0001-01-01T00:00:00Z") == []
    assert (await town.client.get(f"{OPEN_DATA}-csv?since=yesterday")).status_code == 422


async def test_an_export_reads_piece_by_piece_what_is_filed_meanwhile_neither_twice_nor_instead(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PIECE", 2)
    filed = [(await file_publicly(town))["reference"] for _ in range(5)]
    database = town.service.runtime.database
    catalogue = await Catalogues(database, 10).of("paris")
    pieces = []
    async for piece in export_public(database, catalogue, "paris", Asked(), datetime.now(UTC)):
        pieces.append([shown.row.reference for shown in piece])
        await file_publicly(town)
    assert [len(piece) for piece in pieces] == [2, 2, 1]
    assert [reference for piece in pieces for reference in piece] == filed
