# SPDX-License-Identifier: EUPL-1.2
"""A queue as a table."""

import csv
import io

import pytest
from certifiers import Certified
from requests_town import Town

from parvis_requests.api import queue_csv
from parvis_requests.service import export_queue
from parvis_testing import Caller


async def table(town: Town, agent: Caller, query: str = "") -> list[dict[str, str]]:
    answer = await town.get(agent, f"/v1/work-queue-csv?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["cache-control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_a_queue_is_a_table_without_what_people_wrote(
    certified: Certified, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, agent = certified.town, certified.colleague("=Sami BEN")
    filed = [(await town.submit(town.service.citizen(), address="4 rue du Temple")).json() for _ in range(5)]
    await town.act(agent, filed[0], "take", '"1"')
    monkeypatch.setattr(export_queue, "_PIECE", 2)
    rows = await table(town, agent, "sort=created_at")
    assert [row["reference"] for row in rows] == [each["reference"] for each in filed]
    assert (rows[0]["status"], rows[0]["assignee"], rows[1]["assignee"]) == ("taken", "'=Sami BEN", "")
    assert rows[0]["area_name"] == "Saint-Merri"
    text = str(rows)
    assert not [each for each in ("Des cartons devant", "Temple", filed[0]["id"]) if each in text]
    assert [row["status"] for row in await table(town, agent, "status=taken")] == ["taken"]


async def test_a_saved_view_is_a_table_of_so_many_rows_for_agents(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = town.service.agent()
    first, _ = [(await town.submit(town.service.citizen())).json() for _ in range(2)]
    await town.act(agent, first, "take", '"1"')
    headers = agent.headers | {"Idempotency-Key": town.key()}
    body = {"name": "Prises", "filters": {"status": ["taken"]}}
    view = (await town.client.post("/v1/saved-views", json=body, headers=headers)).json()
    assert [row["reference"] for row in await table(town, agent, f"view={view['id']}")] == [first["reference"]]
    assert await table(town, town.service.agent("lutece")) == []
    monkeypatch.setattr(queue_csv, "MOST_ROWS", 1)
    refused = await town.get(agent, "/v1/work-queue-csv")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too-many-requests")
    assert (await town.get(town.service.citizen(), "/v1/work-queue-csv")).status_code == 403
