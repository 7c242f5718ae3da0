# SPDX-License-Identifier: EUPL-1.2
"""Followers of a process are reminded once of what ends soon in it; a reminder moves and goes with its end."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from budget_town import BudgetTown
from conversation_town import opened as opened_conversation
from participation_town import Town
from petition_town import admitted
from poll_town import PollTown
from process_town import follow, join, published
from survey_town import open_survey

from parvis_kit.messaging.events import Event
from parvis_participation import process_events
from parvis_participation.service.remind_of_ends import remind_of_ends
from parvis_testing import Caller

KINDS = ("consultation", "survey", "petition", "poll", "budget", "conversation")


async def remind(town: Town, within: int = 72, **later: int) -> list[tuple[str, str]]:
    """What the worker does, that much later; which parts were told to whom so far."""
    database = town.service.runtime.database
    await remind_of_ends(database, within, datetime.now(UTC) + timedelta(**later))
    rows = await database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%.process-closing-told.v1' ORDER BY occurred_at, id"
    )
    return [(said["part_id"], said["follower"]) for said in (json.loads(row["data"]) for row in rows)]


async def ends(town: Town, kind: str, part: dict[str, Any], began: int, ends: int) -> None:
    """Have it begun so many hours ago, and end in so many."""
    begin, end = {"petition": ("decided_at", "closes_at"), "budget": ("vote_at", "result_at")}.get(
        kind, ("opens_at", "closes_at")
    )
    words = f"UPDATE {kind} SET {begin} = $2, {end} = $3 WHERE id = $1"
    now = datetime.now(UTC)
    begun, ended = now - timedelta(hours=began), now + timedelta(hours=ends)
    await town.service.runtime.database.pool.execute(words, part["id"], begun, ended)


@pytest.fixture
async def parts(town: Town, polling: PollTown, budgeting: BudgetTown) -> dict[str, dict[str, Any]]:
    return {
        "consultation": await town.opened(),
        "survey": await open_survey(town),
        "petition": await admitted(town),
        "poll": await polling.open(),
        "budget": await budgeting.published(),
        "conversation": await opened_conversation(town),
    }


async def followed(town: Town, parts: dict[str, dict[str, Any]]) -> Caller:
    """Somebody who follows a process to which all of these belong."""
    follower, process = town.service.citizen(), await published(town)
    for kind, part in parts.items():
        assert (await join(town, process, kind, part)).status_code == 201
    assert (await follow(town, follower, process)).status_code == 200
    return follower


@pytest.mark.parametrize("kind", KINDS)
async def test_followers_are_reminded_once_of_whatever_ends(
    town: Town, parts: dict[str, dict[str, Any]], kind: str
) -> None:
    follower = await followed(town, {kind: parts[kind]})
    await ends(town, kind, parts[kind], began=200, ends=73)
    assert await remind(town) == [], "not yet"
    for _ in range(2):
        assert await remind(town, hours=2) == [(parts[kind]["id"], follower.subject)], "once"


async def test_a_moved_end_is_told_anew_and_one_that_is_called_off_is_not(
    town: Town, parts: dict[str, dict[str, Any]]
) -> None:
    follower = await followed(town, parts)
    pool = town.service.runtime.database.pool
    for kind in KINDS:
        await ends(town, kind, parts[kind], began=200, ends=20)
    await pool.execute("UPDATE poll SET cancelled_at = now()")
    await pool.execute("UPDATE budget SET called_off_at = now()")
    await pool.execute("UPDATE petition SET state = 'closed'")
    told = {part for part, _ in await remind(town)}
    assert told == {parts[kind]["id"] for kind in ("consultation", "survey", "conversation")}
    await ends(town, "consultation", parts["consultation"], began=200, ends=300)
    assert len(await remind(town)) == 3, "later"
    again = await remind(town, days=11)
    assert again[3:] == [(parts["consultation"]["id"], follower.subject)]


async def test_nobody_is_reminded_of_an_end_as_it_begins_nor_after_a_standstill_of_what_is_over(
    town: Town, parts: dict[str, dict[str, Any]]
) -> None:
    await followed(town, parts)
    for kind in KINDS:
        await ends(town, kind, parts[kind], began=1, ends=20)
    assert await remind(town) == [], "it has just begun"
    assert await remind(town, within=0) == [], "a town that wants no reminders"
    assert await remind(town, days=2) == [], "it is over"
    assert await town.count("process_closing") == 0


async def test_a_kill_between_two_batches_tells_nobody_twice(
    town: Town, parts: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis_participation.service.remind_of_ends._BATCH", 2)
    await followed(town, {"survey": parts["survey"]})
    (process,) = await town.service.runtime.database.pool.fetch("SELECT id FROM process")
    people = [town.service.citizen() for _ in range(4)]
    for person in people:
        assert (await follow(town, person, {"id": str(process["id"])})).status_code == 200
    await ends(town, "survey", parts["survey"], began=200, ends=20)
    told, calls = process_events.closing_told, itertools.count(1)

    def killed(*given: Any) -> Event:
        if next(calls) > 3:
            raise ConnectionError
        return told(*given)

    with monkeypatch.context() as patch:
        patch.setattr(process_events, "closing_told", killed)
        with pytest.raises(ConnectionError):
            await remind(town)
    reached = await remind(town)
    assert (len(reached), len({follower for _, follower in reached})) == (5, 5)
