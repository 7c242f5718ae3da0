# SPDX-License-Identifier: EUPL-1.2
"""What conversations add up to: computed by the worker, told without small numbers, exported and forgotten."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from conversation_town import (
    LIST,
    MINUTES,
    SMALLEST,
    act,
    crowd,
    opened,
    result,
    review,
    say,
    seen,
    shown,
    upcoming,
    work,
    write,
)
from moderation_town import REMOVE, ModerationTown
from opinion_maths import matrix, planted
from participation_town import Town

from parvis_participation.domain.opinions.votes import Votes
from parvis_participation.service import figure_conversation
from parvis_participation.service.forget_conversations import forget_conversations

STATEMENTS = 9
SIZES = (40, 25)


def lines(votes: Votes) -> list[list[int | None]]:
    return [[None if np.isnan(value) else int(value) for value in row] for row in matrix(votes)]


async def held(town: Town, **changes: Any) -> tuple[dict[str, Any], list[list[int | None]]]:
    """A conversation in which two planted groups have said something."""
    made = await opened(town, seeds=STATEMENTS, **changes)
    said = lines(planted(4, SIZES, STATEMENTS, seen=0.95, noise=0.05)[0])
    await crowd(town, made, said)
    return made, said


async def close(town: Town, made: dict[str, Any]) -> None:
    assert (await act(town, town.service.agent(), made, "close")).status_code == 201
    await work(town)


async def file(town: Town, made: dict[str, Any], name: str) -> list[list[str]]:
    answer = await town.client.get(f"{LIST}/{made['id']}/files/{name}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text)))


async def test_planted_groups_are_told_with_what_tells_them_apart(town: Town) -> None:
    made, _ = await held(town)
    assert (await result(town, made)).json()["code"] == "conversation-result-later"
    await work(town)
    answer = await result(town, made)
    told = answer.json()
    assert [group["members"] for group in told["groups"]] == [40, 25]
    assert (told["participants"], told["final"], told["least"]) == (65, False, SMALLEST)
    words = {each["number"]: each["text"] for each in await shown(town, made)}
    for place, group in enumerate(told["groups"]):
        assert group["statements"]
        for each in group["statements"]:
            assert each["text"] == words[each["number"]]
            counts = each["counts"]
            side = "agree" if each["agree"] else "disagree"
            assert counts[place][side] > counts[1 - place][side]
    assert all(square["people"] >= SMALLEST for square in told["map"])
    assert {square["group"] for square in told["map"]} == {0, 1}


async def test_it_is_computed_anew_only_after_some_time_and_once_enough_have_said_something(town: Town) -> None:
    made, said = await held(town)
    await work(town)
    first = (await result(town, made)).json()
    await crowd(town, made, said[: SMALLEST - 1], timedelta(minutes=1))
    await work(town, timedelta(minutes=MINUTES + 1))
    assert (await result(town, made)).json() == first, "too few since"
    await crowd(town, made, said[:1], timedelta(minutes=1))
    await work(town, timedelta(minutes=MINUTES + 2))
    assert (await result(town, made)).json() == first, "too soon"
    await work(town, timedelta(minutes=2 * MINUTES + 2))
    again = (await result(town, made)).json()
    assert again["participants"] == first["participants"] + SMALLEST
    assert again["figured_at"] > first["figured_at"]


async def test_what_is_in_a_result_is_none_of_what_changed_since(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made, said = await held(town)
    read = figure_conversation._read  # noqa: SLF001 - what comes while a round has others to look at

    async def late(*given: Any, **how: Any) -> Any:
        await crowd(town, made, said[:SMALLEST])
        return await read(*given, **how)

    with monkeypatch.context() as patch:
        patch.setattr(figure_conversation, "_read", late)
        await work(town)
    first = (await result(town, made)).json()
    await work(town, timedelta(minutes=MINUTES + 1))
    assert (await result(town, made)).json() == first, "nobody has said anything since"


async def test_the_last_result_has_every_opinion_and_is_not_computed_again(town: Town) -> None:
    made, _ = await held(town)
    await work(town)
    ada, statement = town.service.citizen(), (await shown(town, made))[0]
    assert (await say(town, ada, statement, "agree")).status_code == 200
    await close(town, made)
    told = (await result(town, made)).json()
    assert told["final"] is True
    await work(town, timedelta(days=2))
    assert (await result(town, made)).json() == told
    rows = await town.service.runtime.database.pool.fetch("SELECT type FROM outbox ORDER BY id")
    types = [row["type"].split(".")[3] for row in rows]
    assert types == ["conversation-published", "conversation-closed"]


async def test_what_is_taken_back_counts_no_more(town: Town) -> None:
    made, _ = await held(town)
    await work(town)
    told = (await result(town, made)).json()
    gone = told["groups"][0]["statements"][0]
    statement = next(each for each in await shown(town, made) if each["number"] == gone["number"])
    assert (await review(town, town.service.agent(), statement, "withdrawn")).status_code == 201
    texts = {
        each["number"]: each["text"]
        for group in (await result(town, made)).json()["groups"]
        for each in group["statements"]
    }
    assert texts[gone["number"]] is None
    await close(town, made)
    numbers = {each["number"] for group in (await result(town, made)).json()["groups"] for each in group["statements"]}
    assert gone["number"] not in numbers
    assert len(await file(town, made, "statements.csv")) == STATEMENTS


async def test_what_fails_is_tried_again_later_and_keeps_nothing_else_from_its_turn(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _ = await held(town)
    with monkeypatch.context() as patched:
        patched.setattr("parvis_participation.service.figure_conversation.MOST_OPINIONS", 10)
        good = await opened(town, seeds=STATEMENTS)
        await crowd(town, good, [[1] + [None] * (STATEMENTS - 1)] * SMALLEST)
        await work(town)
    assert (await result(town, bad)).status_code == 409
    assert (await result(town, good)).status_code == 200
    await work(town)
    assert (await result(town, bad)).status_code == 409, "not at once"
    await work(town, timedelta(minutes=MINUTES + 1))
    assert (await result(town, bad)).status_code == 200


async def test_the_next_statements_are_weighed_by_what_was_said(town: Town) -> None:
    made = await opened(town, seeds=2)
    # All agree with the first, all pass the second.
    await crowd(town, made, [[1, 0]] * 40)
    await work(town)
    firsts = Counter([(await upcoming(town, town.service.citizen(), made, 1))["items"][0]["number"] for _ in range(40)])
    assert firsts[0] > 30


async def test_all_opinions_are_published_without_names_only_where_people_were_told(town: Town) -> None:
    made, said = await held(town, open_votes=True)
    quiet, _ = await held(town)
    path = f"{LIST}/{made['id']}"
    assert (await town.client.get(f"{path}/files/participants-votes.csv")).status_code == 404
    assert (await town.client.get(f"{path}/dataset")).json()["code"] == "conversation-result-later"
    await close(town, made)
    await close(town, quiet)
    head, *people = await file(town, made, "participants-votes.csv")
    assert head == ["participant", "group-id", "n-votes", "n-agree", "n-disagree", *map(str, range(STATEMENTS))]
    assert [each[0] for each in people] == [str(number) for number in range(len(said))]
    told = [[None if value == "" else int(value) for value in each[5:]] for each in people]
    assert sorted(map(str, told)) == sorted(map(str, said))
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT array_agg((s.number, o.value) ORDER BY s.number) AS said FROM conversation_participant p"
        " JOIN conversation_opinion o ON o.participant_id = p.id JOIN conversation_statement s ON s.id = o.statement_id"
        " WHERE p.conversation_id = $1 GROUP BY p.id ORDER BY p.id",
        UUID(made["id"]),
    )
    stored = [dict(row["said"]) for row in rows]
    assert told != [[line.get(number) for number in range(STATEMENTS)] for line in stored], "not in the tables' order"
    assert Counter(each[1] for each in people)["0"] == max(SIZES)
    _, first, *_ = await file(town, made, "statements.csv")
    assert first[:3] == ["0", "Oui 0", "1"]
    assert all(int(count) % SMALLEST == 0 for count in first[3:])
    refused = await town.client.get(f"{LIST}/{quiet['id']}/files/participants-votes.csv")
    assert refused.status_code == 404
    for each, number in ((made, 2), (quiet, 1)):
        described = (await town.client.get(f"{LIST}/{each['id']}/dataset")).json()
        assert len(described["dcat:distribution"]) == number
        for distribution in described["dcat:distribution"]:
            address = distribution["dcat:downloadURL"]["@id"].split("/v1/")[1]
            assert (await town.client.get(f"/v1/{address}")).status_code == 200


async def test_the_file_of_all_opinions_does_not_tell_who_wrote_what(town: Town) -> None:
    made, _ = await held(town, open_votes=True)
    author, listed = town.service.citizen(), await shown(town, made)
    for each in listed:
        assert (await say(town, author, each, "agree")).status_code == 200
    assert (await write(town, author, made)).status_code == 201
    await close(town, made)
    _, *people = await file(town, made, "participants-votes.csv")
    assert [line[5:] for line in people].count(["1"] * (STATEMENTS + 1)) == 1, "no gap where it is theirs"


async def test_words_taken_back_after_the_end_are_in_no_file_any_more(town: Town) -> None:
    made, _ = await held(town)
    ada = town.service.citizen()
    mine = (await write(town, ada, made, "=HYPERLINK('x')")).json()
    await close(town, made)
    assert [line[1:3] for line in (await file(town, made, "statements.csv"))[-2:]] == [
        [f"Oui {STATEMENTS - 1}", "1"],
        ["'=HYPERLINK('x')", "0"],
    ]
    gone = await town.client.delete(f"/v1/statements/{mine['id']}", headers=seen(ada, mine))
    assert gone.status_code == 204
    assert (await file(town, made, "statements.csv"))[-1][:3] == [str(STATEMENTS), "", "0"]
    answer = await town.client.get(f"{LIST}/{made['id']}/files/statements.csv")
    assert answer.headers["cache-control"] == "public, no-cache"


async def test_who_said_what_is_forgotten_some_time_after_the_end_and_the_result_stays(town: Town) -> None:
    made, _ = await held(town)
    database, pool = town.service.runtime.database, town.service.runtime.database.pool
    assert await forget_conversations(database, 30, datetime.now(UTC) + timedelta(days=60)) == 0, "no last figures yet"
    await close(town, made)
    told = (await result(town, made)).json()
    assert await forget_conversations(database, 30, datetime.now(UTC) + timedelta(days=29)) == 0
    assert await forget_conversations(database, 30, datetime.now(UTC) + timedelta(days=31)) == 1
    assert await forget_conversations(database, 30, datetime.now(UTC) + timedelta(days=31)) == 0
    for table in ("conversation_participant", "conversation_opinion"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert (await result(town, made)).json() == told
    assert len(await file(town, made, "statements.csv")) == STATEMENTS + 1


async def test_what_is_nobodys_any_more_agents_take_back(town: Town) -> None:
    made, _ = await held(town)
    agent, mine = town.service.agent(), (await write(town, town.service.citizen(), made, "Non !")).json()
    assert (await review(town, agent, mine, "withdrawn")).status_code == 409
    await close(town, made)
    assert await forget_conversations(town.service.runtime.database, 30, datetime.now(UTC) + timedelta(days=31)) == 1
    assert (await review(town, agent, mine, "withdrawn")).status_code == 201
    assert len(await shown(town, made)) == STATEMENTS
    assert (await file(town, made, "statements.csv"))[-1][:3] == [str(STATEMENTS), "", "0"]
    assert await town.count("conversation_statement WHERE number = 9 AND text IS NULL AND translations IS NULL") == 1


async def test_what_is_nobodys_any_more_can_be_reported_and_removed(town: Town, moderating: ModerationTown) -> None:
    made, _ = await held(town)
    author, agent, ada = town.service.citizen(), town.service.agent(), town.service.citizen()
    mine = (await write(town, author, made, "Menaces.")).json()
    await close(town, made)
    assert await forget_conversations(town.service.runtime.database, 30, datetime.now(UTC) + timedelta(days=31)) == 1
    assert (await moderating.report(ada, mine, kind="statement")).status_code == 201
    (case,) = await moderating.cases(agent)
    read = await moderating.read(agent, case)
    assert (read["author"], read["snapshot"]) == (None, "Menaces.")
    assert (await moderating.decide(agent, case, REMOVE)).status_code == 201
    assert len(await shown(town, made)) == STATEMENTS
    assert (await file(town, made, "statements.csv"))[-1][1] == ""
    assert [each["mine"] for each in await moderating.told(ada)] == [False]
    assert await moderating.told(author) == []
    assert (await moderating.contest(author, case)).status_code == 403
    told = "SELECT data FROM outbox WHERE type LIKE '%.moderation-decided.v1'"
    assert json.loads(await town.service.runtime.database.pool.fetchval(told))["author"] is None


async def test_figures_of_another_worker_are_not_replaced_by_those_of_a_few_people_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = await held(town)
    pool = town.service.runtime.database.pool
    other = datetime.now(UTC) - timedelta(minutes=1)

    async def overtaken(*_: object) -> None:
        await pool.execute("UPDATE conversation SET figured_at = $1, figures = '{}'", other)

    # As this one begins to read, the other one is done.
    monkeypatch.setattr(figure_conversation, "take_time", overtaken)
    await work(town)
    assert await pool.fetchval("SELECT figured_at FROM conversation WHERE id = $1", UUID(made["id"])) == other
