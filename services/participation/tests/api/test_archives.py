# SPDX-License-Identifier: EUPL-1.2
"""Votes of elsewhere come in as files: read whole or refused whole, counted again, never taken for votes of here."""

import asyncio
import csv
import io
import itertools
import json
import zlib
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from archive_town import PUBLIC, SOURCE, counted, delete, later, publish, published, read, results, send
from elections import FILE, drawn, toulouse
from participation_town import Town

from parvis_files.apart import run_apart
from parvis_participation.domain.archive import MOST_BYTES, MOST_WAITING, TRIES
from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.domain.pabulib.scrutiny import Listed, Scrutiny
from parvis_participation.domain.pabulib.writer import write_pabulib
from parvis_participation.service import archive_program, count_archives

MORE = FILE
for _old, _new in (
    ("votes;name", "votes;name;category;selected"),
    ('"Bancs; tables"', '"Bancs; tables";culture;1'),
    ("Été", "Été;;0"),
    ("budget;100,50", "budget;100,50\ndate_begin;01.10.2019\ndate_end;2019-10-20"),
):
    MORE = MORE.replace(_old, _new)


async def test_a_file_becomes_an_archive_that_says_it_is_imported_and_is_exported_with_the_same_meaning(
    town: Town,
) -> None:
    agent = town.service.agent()
    sent = await send(town, agent, MORE, licence="https://licence.example.org/odbl")
    waiting = sent.json()
    assert (sent.status_code, waiting["state"], waiting["title"], waiting["voters"]) == (202, "waiting", None, None)
    assert (await publish(town, agent, waiting)).status_code == 409
    assert await count_archives.count_archives(town.service.runtime.database) == 1
    archive = await read(town, agent, waiting)
    assert (await town.client.get(f"{PUBLIC}/{archive['id']}")).status_code == 404, "agents look at it first"
    assert (await town.client.get(PUBLIC)).json()["items"] == []
    assert (await publish(town, agent, archive)).status_code == 201

    shown = (await town.client.get(f"{PUBLIC}/{archive['id']}", headers={"Accept-Language": "en"})).json()
    assert shown["imported"] is True
    assert "not cast in Parvis" in shown["notice"]
    assert (shown["source"], shown["file_sha256"]) == (SOURCE, sha256(MORE.encode()).hexdigest())
    told = {
        name: shown[name] for name in ("title", "budget", "projects", "voters", "begins_on", "ends_on", "differing")
    }
    assert told == {
        "title": "A vote", "budget": "100.5", "projects": 2, "voters": 3, "begins_on": "2019-10-01",
        "ends_on": "2019-10-20", "differing": 0,
    }  # fmt: skip
    assert shown["chosen_otherwise"] == 1, "both fit, and the file says that one was not chosen"
    assert [each["id"] for each in (await town.client.get(PUBLIC)).json()["items"]] == [archive["id"]]
    assert (await town.client.get("/v1/collectivities/paris/budgets")).json()["items"] == []

    result = await results(town, archive)
    outcomes = sorted(result["results"][0]["outcomes"], key=lambda outcome: outcome["code"])
    assert [(o["code"], o["chosen"], o["score"]) for o in outcomes] == [
        ("1", True, 2), ("2", True, 2),
    ]  # fmt: skip
    assert [(each["votes"], each["published_votes"], each["differs"]) for each in result["projects"]] == [
        (2, 2, False), (2, 2, False),
    ]  # fmt: skip
    assert [(each["chosen"], each["published_chosen"]) for each in result["projects"]] == [(True, True), (True, False)]

    files = f"{PUBLIC}/{archive['id']}/files"
    again = read_pabulib((await town.client.get(f"{files}/ballots.pb")).text.splitlines())
    before = read_pabulib(MORE.splitlines())
    assert (again.rules, again.budget, again.listed, again.election()) == (
        before.rules, before.budget, before.listed, before.election(),
    )  # fmt: skip
    assert again.meta.items() >= before.meta.items() - {("budget", "100,50")}
    assert "not cast in Parvis" in again.meta["imported"]
    record = (await town.client.get(f"{files}/record.json")).json()
    assert record["imported"]["file_sha256"] == shown["file_sha256"]
    rows = list(csv.DictReader(io.StringIO((await town.client.get(f"{files}/result.csv")).text)))
    assert {(row["code"], row["title"], row["chosen"]) for row in rows} == {
        ("1", "Bancs; tables", "True"), ("2", "Été", "True"),
    }  # fmt: skip
    assert {row["imported_from"] for row in rows} == {SOURCE}
    described = (await town.client.get(f"{PUBLIC}/{archive['id']}/dataset")).json()
    assert described["dct:source"] == {"@id": SOURCE}
    assert described["dct:license"] == {"@id": "https://licence.example.org/odbl"}
    assert described["dct:temporal"]["dcat:startDate"]["@value"].startswith("2019-09-30T22:00:00")
    for each in described["dcat:distribution"]:
        path = each["dcat:downloadURL"]["@id"].removeprefix("http://localhost:8080")
        assert (await town.client.get(path)).status_code == 200


async def test_nothing_of_voters_and_nothing_of_the_file_itself_is_kept(town: Town) -> None:
    archive = await counted(town, town.service.agent(), FILE.replace("7;34;1,2", "7;secret-age;1,2"))
    assert archive["state"] == "counted"
    row = await town.service.runtime.database.pool.fetchrow("SELECT * FROM budget_archive")
    assert row["content"] is None
    assert "secret-age" not in str(dict(row)) + zlib.decompress(row["ballots"]).decode()


def test_nobody_learns_from_the_order_of_ballots_who_cast_which() -> None:
    head, votes = FILE.split("voter_id;age;vote\n")
    told = [
        archive_program.told(f"{head}voter_id;age;vote\n{chr(10).join(lines)}".encode(), Rule.GREEDY, {})["ballots"]
        for lines in itertools.permutations(votes.split())
    ]
    assert len(told) == 6
    assert len(set(told)) == 1, "the file is in the order of the voters' turns, or of their names"


async def test_figures_that_the_ballots_do_not_have_are_told_project_by_project(town: Town) -> None:
    agent = town.service.agent()
    archive = await published(town, agent, FILE.replace(";40;2;", ";40;5;"), title="Budget de 2019")
    assert (archive["title"], archive["differing"], archive["chosen_otherwise"]) == ("Budget de 2019", 1, 0)
    told = (await results(town, archive))["projects"]
    assert [(each["code"], each["votes"], each["published_votes"], each["differs"]) for each in told] == [
        ("1", 2, 2, False), ("2", 2, 5, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "code", "french"),
    [
        ("2;40;2;Été", "2;nothing;2;Été", 12, 2, "value", "valeur impossible : cost 'nothing'"),
        ("num_votes;3", "num_votes;2", 5, 2, "number-of-ballots", "num_votes n'est pas 3, le nombre des bulletins"),
        ("8;;1\n", "8;;3\n", 16, 3, "ballot", "le bulletin enfreint les règles du vote : un projet inconnu"),
        ("9;50;2", "9;50", 18, 3, "cells", "la ligne n'a pas autant de cases que de colonnes : 2 / 3"),
        ("VOTES\n", "BALLOTS\n", 13, 2, "cells", "la ligne n'a pas autant de cases que de colonnes : 1 / 4"),
        ("Été", "\x00", 12, None, "value", "valeur impossible : '\\x00'"),
    ],
)
async def test_a_file_that_is_wrong_is_refused_whole_with_its_line_and_column(
    town: Town, old: str, new: str, line: int, column: int | None, code: str, french: str
) -> None:
    agent = town.service.agent()
    archive = await counted(town, agent, FILE.replace(old, new))
    fault = archive["fault"]
    assert (archive["state"], fault["line"], fault["column"], fault["code"]) == ("refused", line, column, code)
    assert (await read(town, agent, archive, "fr"))["fault"]["detail"] == french
    assert (await publish(town, agent, archive)).status_code == 409
    row = await town.service.runtime.database.pool.fetchrow("SELECT content, ballots, record, told FROM budget_archive")
    assert set(row.values()) == {None}


async def test_what_is_no_text_or_no_such_vote_is_refused(town: Town) -> None:
    agent = town.service.agent()
    latin = await counted(town, agent, FILE.encode("latin-1"))
    assert (latin["fault"]["code"], latin["fault"]["line"]) == ("encoding", 12)
    ranked = await counted(town, agent, FILE, rule="schulze")
    unfit = {"code": "rule-does-not-fit", "detail": "the rule schulze does not count such ballots"}
    assert ranked["fault"] == {"line": None, "column": None} | unfit
    assert (await send(town, agent, " \n")).status_code == 422
    assert (await send(town, agent, b"x" * (MOST_BYTES + 1))).status_code == 413
    assert (await send(town, agent, FILE, source="ftp://x")).status_code == 422
    assert (await send(town, town.service.citizen(), FILE)).status_code == 403


async def test_one_file_is_one_archive_of_a_town_until_it_is_deleted(town: Town) -> None:
    agent = town.service.agent()
    sent = await asyncio.gather(*(send(town, agent, FILE) for _ in range(4)))
    assert sorted(each.status_code for each in sent) == [202, 409, 409, 409]
    assert {each.json()["code"] for each in sent if each.status_code == 409} == {"already-imported"}
    (waiting,) = [each.json() for each in sent if each.status_code == 202]
    other = town.service.agent("lutece")
    assert (await send(town, other, FILE)).status_code == 202, "another town has its own"
    assert (await publish(town, other, waiting)).status_code == 404
    assert (await delete(town, other, waiting)).status_code == 404
    assert (await delete(town, agent, waiting | {"version": 9})).status_code == 412
    assert (await delete(town, agent, waiting)).status_code == 204
    assert await count_archives.count_archives(town.service.runtime.database) == 1
    archive = await published(town, agent, FILE)
    assert (await delete(town, agent, archive)).status_code == 204
    assert (await town.client.get(f"{PUBLIC}/{archive['id']}")).status_code == 404


async def test_files_of_a_town_wait_within_a_bound(town: Town) -> None:
    agent = town.service.agent()
    for number in range(MOST_WAITING):
        assert (await send(town, agent, f"{FILE}{number};;1")).status_code == 202
    assert (await send(town, agent, FILE)).json()["code"] == "conflict"
    items = (await town.client.get("/v1/budget-archives", headers=agent.headers)).json()["items"]
    assert [each["state"] for each in items] == ["waiting"] * MOST_WAITING


async def test_a_file_whose_reader_dies_is_tried_again_and_then_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, database = town.service.agent(), town.service.runtime.database
    waiting = (await send(town, agent, FILE)).json()
    held = count_archives.HELD + timedelta(minutes=1)
    monkeypatch.setattr(count_archives, "_PROGRAM", "this_program_is_not_there")
    for times in range(TRIES):
        with pytest.raises(count_archives.ReaderError):
            await count_archives.count_archives(database, later(times * held))
        assert await count_archives.count_archives(database, later(times * held)) == 0, "somebody may be reading it"
    assert (await read(town, agent, waiting))["state"] == "waiting"
    assert await count_archives.count_archives(database, later(TRIES * held)) == 1
    assert (await read(town, agent, waiting))["fault"]["code"] == "too-large-to-count"


async def test_each_file_is_held_from_when_its_own_turn_comes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    agent, database = town.service.agent(), town.service.runtime.database
    for number in range(2):
        await send(town, agent, FILE.replace("A vote", f"Vote {number}"))
    begun, turn = datetime.now(UTC), timedelta(minutes=15)
    free: list[int] = []

    async def slowly(*given: Any) -> tuple[int, bytes]:
        free.append(
            await database.pool.fetchval(
                "SELECT count(*) FROM budget_archive WHERE tries = 1 AND state = 'waiting' AND held_until <= $1",
                begun + turn * (len(free) + 1),
            )
        )
        return await run_apart(*given)

    monkeypatch.setattr(count_archives, "run_apart", slowly)
    assert await count_archives.count_archives(database, lambda: begun + turn * len(free)) == 2
    assert free == [0, 0], "nobody else reads what is being read"
    rows = await database.pool.fetch("SELECT counted_at FROM budget_archive ORDER BY counted_at")
    assert [row["counted_at"] for row in rows] == [begun + turn, begun + 2 * turn]


async def test_a_file_that_takes_too_long_or_too_much_memory_is_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = town.service.agent()
    monkeypatch.setattr(count_archives, "_PATIENCE", 0.001)
    slow = await counted(town, agent, FILE)
    assert (slow["state"], slow["fault"]["code"]) == ("refused", "too-large-to-count")
    monkeypatch.undo()
    monkeypatch.setattr(archive_program, "_counted", _takes_all)
    assert archive_program.said(FILE.encode(), Rule.GREEDY, {}) == json.dumps(
        {"fault": {"line": None, "column": None, "code": "too-large-to-count", "given": ""}}
    )


def _takes_all(*_: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("rule", Rule)
async def test_each_rule_gives_over_the_api_what_it_gives_by_itself(town: Town, rule: Rule) -> None:
    kind = Kind.RANKING if rule.ranked else Kind.POINTS
    election = drawn(7, kind)
    limits = BallotRules(kind, 0, 12, *(() if rule.ranked else (60, 5)))
    listed = tuple(Listed(each, each.code, None) for each in election.projects)
    choices = tuple(choice for choice, times in election.ballots.items() for _ in range(times))
    file = "".join(write_pabulib(Scrutiny({"unit": "Paris"}, limits, election.budget, listed, choices)))
    archive = await published(town, town.service.agent(), file, rule=rule)
    (told,) = (await results(town, archive))["results"]
    scrutiny = read_pabulib(file.splitlines())
    alone = count(scrutiny.election(), Method(rule), archive["file_sha256"].encode())
    assert [(each["code"], each["chosen"], each["score"], each["reason"]) for each in told["outcomes"]] == [
        (each.code, each.chosen, each.score, each.reason) for each in alone.outcomes
    ]


@pytest.mark.parametrize("year", [2019, 2022])
async def test_toulouse_is_imported_with_every_figure_as_published(town: Town, year: int) -> None:
    scrutiny = toulouse(year)
    file = "".join(write_pabulib(scrutiny))
    archive = await published(town, town.service.agent(), file)
    assert (archive["voters"], archive["projects"], archive["differing"]) == (
        len(scrutiny.choices), len(scrutiny.listed), 0,
    )  # fmt: skip
    text = (await town.client.get(f"{PUBLIC}/{archive['id']}/files/ballots.pb")).text
    assert read_pabulib(text.splitlines()).election() == scrutiny.election()
    assert json.loads((await town.client.get(f"{PUBLIC}/{archive['id']}/files/record.json")).text)["voters"]
