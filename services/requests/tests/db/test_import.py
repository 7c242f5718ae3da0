# SPDX-License-Identifier: EUPL-1.2
"""Requests of another system are brought in by the command, as an operator gives it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from requests_town import STUDIED, TOWN_HALL, Town
from running_service import as_environment

from parvis_requests.service import import_requests
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.import_requests import RequestImport
from parvis_requests.settings import Settings

LINE: dict[str, Any] = {
    "id": "dmr-1",
    "request_type": "cartons",
    "description": "Des cartons devant le numéro 4",
    "answers": {"blocks_pavement": True, "quantity": 3},
    "position": {"type": "Point", "coordinates": TOWN_HALL},
    "address": "4 place de l'Hôtel-de-Ville",
    "filed_at": "2019-11-04T08:30:00+01:00",
    "contact": {"first_name": "Odile", "email": "odile@example.org"},
}


def at(*place: float) -> dict[str, Any]:
    return LINE | {"position": {"type": "Point", "coordinates": place}}


class Operator:
    """Somebody with a file and a command line."""

    def __init__(self, town: Town, settings: Settings, folder: Path) -> None:
        self.town = town
        self._file = folder / "lines.ndjson"
        self._environment = os.environ | as_environment("requests", settings)

    def brings(self, *lines: dict[str, Any] | bytes, to: str = "paris", options: tuple[str, ...] = ()) -> "Answer":
        contents = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        self._file.write_bytes(b"".join(content + b"\n" for content in contents))
        said = subprocess.run(
            [sys.executable, "-m", "parvis_requests", "import", to, "dansmarue", str(self._file), *options],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(said)


class Answer:
    """What the command said."""

    def __init__(self, said: "subprocess.CompletedProcess[str]") -> None:
        self.code, self.summary = said.returncode, said.stderr.splitlines()[-1]
        self.rejected = [json.loads(line) for line in said.stdout.splitlines() if line.startswith('{"line"')]


@pytest.fixture
def operator(town: Town, requests_settings: Settings, tmp_path: Path) -> Operator:
    return Operator(town, requests_settings, tmp_path)


async def test_the_day_of_reception_is_brought_in_where_it_lay_before_the_entry(operator: Operator) -> None:
    town, agent = operator.town, operator.town.service.agent()
    late, early = ({"id": f"dmr-{day}", "received_on": day} for day in ("2019-11-05", "2018-11-02"))
    answer = operator.brings(LINE | {"received_on": "2019-10-21"}, LINE | late, LINE | early)
    assert [(line["pointer"], line["code"]) for line in answer.rejected] == [
        ("/received_on", "after-the-entry"),
        ("/received_on", "too-long-ago"),
    ]
    (one,) = (await town.get(agent, "/v1/work-queue?status=submitted")).json()["items"]
    read = (await town.get(agent, f"/v1/requests/{one['id']}")).json()
    assert (read["received_on"], read["created_at"]) == ("2019-10-21", "2019-11-04T07:30:00Z")


async def test_what_is_brought_in_is_found_by_agents_as_it_was(operator: Operator) -> None:
    town, agent = operator.town, operator.town.service.agent()
    answer = operator.brings(LINE, LINE | {"id": "dmr-2", "status": "resolved", "contact": None, "position": None})
    assert (answer.code, answer.rejected) == (0, [])
    assert answer.summary.endswith("2 read: 2 stored, 0 known before, 0 rejected")
    items = (await town.get(agent, "/v1/work-queue?status=submitted&status=resolved")).json()["items"]
    assert sorted((one["status"]["code"], one["area"] is None) for one in items) == [
        ("resolved", True),
        ("submitted", False),
    ]
    tags = {"request_type": "graffitis-sur-mur-facade-sur-rue-pont", "answers": {"offensive": True, "surface_m2": 7.5}}
    assert operator.brings(LINE | tags | {"id": "dmr-3"}).code == 0
    ranged = (await town.get(agent, "/v1/work-queue?answer_from=surface_m2:7&answer_to=surface_m2:8")).json()["items"]
    assert [one["request_type"]["code"] for one in ranged] == [tags["request_type"]]
    (waiting,) = [one for one in items if one["status"]["code"] == "submitted"]
    read = (await town.get(agent, f"/v1/requests/{waiting['id']}")).json()
    assert (read["created_at"], read["answers"]) == ("2019-11-04T07:30:00Z", LINE["answers"])
    assert read["team"] == waiting["team"] != ""
    contact = await town.get(agent, f"/v1/requests/{waiting['id']}/contact")
    assert contact.json() | LINE["contact"] == contact.json()
    taken = await town.act(agent, waiting, "take", '"1"')
    assert taken.status_code == 201, taken.text


async def test_a_run_over_the_same_lines_in_this_process_stores_them_once(town: Town) -> None:
    """In this process: what the command sends to PostgreSQL is then looked at with all that the service sends."""
    runtime = town.service.runtime
    catalogue = await Catalogues(runtime.database, 10).of("paris")
    bringing = RequestImport(runtime.database, runtime.persons, runtime.blind_index, catalogue, "paris", "dansmarue")
    lines = [LINE, LINE | {"id": "dmr-2", "request_type": STUDIED, "status": "waiting"}]
    for stored in (2, 0):
        brought = [step async for step in bringing.run((json.dumps(line).encode() for line in lines), _now)]
        assert [step.stored for step in brought] == [stored]
    assert await town.count("request_timer") == 1


async def test_references_that_exist_already_are_drawn_again_and_no_others(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["1", "2", "1", "3", "3", "2", "4", "5"])
    monkeypatch.setattr(import_requests, "new_reference", lambda prefix, year: f"{prefix}-{year}-{next(drawn)}")
    runtime = town.service.runtime
    catalogue = await Catalogues(runtime.database, 10).of("paris")
    bringing = RequestImport(runtime.database, runtime.persons, runtime.blind_index, catalogue, "paris", "dansmarue")
    for names in ("ab", "cde"):
        lines = [json.dumps(LINE | {"id": name}).encode() for name in names]
        assert [step.stored async for step in bringing.run(lines, _now)] == [len(names)]
    rows = await runtime.database.pool.fetch("SELECT reference FROM request")
    assert sorted(row["reference"] for row in rows) == [f"R-2019-{number}" for number in range(1, 6)]


def _now() -> datetime:
    return datetime.now(UTC)


async def test_nobody_is_told(operator: Operator) -> None:
    operator.brings(LINE)
    assert await operator.town.count("outbox") == 0


async def test_a_second_run_brings_only_what_is_new(operator: Operator) -> None:
    operator.brings(LINE)
    again = operator.brings(LINE, LINE | {"id": "dmr-2"})
    assert again.summary.endswith("2 read: 1 stored, 1 known before, 0 rejected")
    assert await operator.town.count("request") == 2


async def test_a_dry_run_stores_nothing(operator: Operator) -> None:
    answer = operator.brings(LINE, LINE | {"id": "dmr-2", "status": "lost"}, options=("--dry-run",))
    assert answer.summary.endswith("2 read: 1 would be stored, 0 known before, 1 rejected")
    assert (answer.code, await operator.town.count("request")) == (1, 0)


async def test_what_the_workflow_does_after_a_while_is_counted_from_today(operator: Operator) -> None:
    begun = datetime.now(UTC)
    operator.brings(LINE | {"request_type": STUDIED, "status": "waiting"})
    (row,) = await operator.town.service.runtime.database.pool.fetch("SELECT kind, code, due_at FROM request_timer")
    assert (row["kind"], row["code"]) == ("workflow", "patience")
    assert begun + timedelta(days=29) < row["due_at"] < begun + timedelta(days=32)


async def test_each_line_that_is_wrong_is_named_with_its_place_and_the_others_come_in(operator: Operator) -> None:
    wrong: list[tuple[dict[str, Any] | bytes, str, str]] = [
        (b"{", "", "json-invalid"),
        (b'{"a":' * 5_000, "", "json-invalid"),
        (b'{"id": "\xff"}', "", "json-invalid"),
        (b'{"id": "' + b"x" * 1_000_000 + b'"}', "", "too-long"),
        (LINE | {"request_type": "no-such"}, "/request_type", "unknown-request-type"),
        (LINE | {"answers": {"quantity": "three"}}, "/answers/quantity", "type"),
        (at(5.37, 43.29), "/position", "outside-town"),
        (at(200, 43.29), "/position/coordinates/0", "less-than-equal"),
        (LINE | {"status": "no-such"}, "/status", "unknown-state"),
        (LINE | {"filed_at": "2999-01-01T00:00:00Z"}, "/filed_at", "instant"),
        (LINE | {"updated_at": "2018-01-01T00:00:00Z"}, "/updated_at", "instant"),
        (LINE | {"mood": "bad"}, "/mood", "extra-forbidden"),
        (LINE | {"description": "\x00"}, "/description", "string-pattern-mismatch"),
    ]  # fmt: skip
    answer = operator.brings(*(line for line, _, _ in wrong), LINE, LINE)
    expected = [(number, pointer, code) for number, (_, pointer, code) in enumerate(wrong, 1)]
    expected.append((len(wrong) + 2, "/id", "said-twice"))
    assert [(one["line"], one["pointer"], one["code"]) for one in answer.rejected] == expected
    assert (answer.code, await operator.town.count("request")) == (1, 1)


async def test_a_file_whose_legal_period_runs_is_not_for_an_import_but_an_ended_one_is(operator: Operator) -> None:
    answers = {"parcel": "0AB 123", "works": "Construction d'une maison.", "created_m2": 90}
    permit = LINE | {"request_type": "permis-de-construire-maison", "answers": answers}
    answer = operator.brings(permit, permit | {"id": "dmr-2", "status": "granted"})
    assert [tuple(one.values()) for one in answer.rejected] == [(1, "/status", "legal-period-running")]
    assert answer.summary.endswith("1 stored, 0 known before, 1 rejected")


async def test_an_unknown_town_is_said(operator: Operator) -> None:
    assert operator.brings(LINE, to="atlantis").summary == "no such collectivity: atlantis"


async def test_what_had_ended_is_kept_no_longer_than_its_type_says(operator: Operator) -> None:
    town, agent = operator.town, operator.town.service.agent()
    old = {"status": "resolved", "updated_at": "2024-12-20T10:00:00+01:00"}
    operator.brings(LINE, LINE | {"id": "dmr-2"} | old)
    (notice,) = (await town.get(agent, "/v1/purge-notices?within_days=3660")).json()["items"]
    assert (notice["status"]["code"], notice["ended_at"], notice["due_at"]) == (
        "resolved",
        "2024-12-20T09:00:00Z",
        "2026-12-20T23:00:00Z",
    )
