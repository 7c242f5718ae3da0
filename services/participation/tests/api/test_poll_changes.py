# SPDX-License-Identifier: EUPL-1.2
"""Two agents extend a poll or call it off; all that agents do to it is in a chain that everybody reads."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import httpx
import pytest
from poll_town import TEXT, PollTown, approve, civil_status

from parvis_testing import Caller


async def change(
    polling: PollTown, agent: Caller, poll: dict[str, Any], until: datetime | None = None, **more: Any
) -> httpx.Response:
    wish = {"kind": "extend", "closes_at": until.isoformat()} if until else {"kind": "cancel"}
    body = wish | {"reason": TEXT} | more
    return await polling.client.post(f"/v1/polls/{poll['id']}/changes", json=body, headers=polling.headers(agent))


async def acts(polling: PollTown, poll: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await polling.file(poll, "acts.jsonl")).text.splitlines()]


async def shown(polling: PollTown, poll: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/collectivities/paris/polls/{poll['id']}"
    found: dict[str, Any] = (await polling.client.get(path)).json()
    return found


def same_instant(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) == datetime.fromisoformat(other)


async def told(polling: PollTown) -> list[tuple[str, str]]:
    pool = polling.service.runtime.database.pool
    rows = await pool.fetch(
        "SELECT type, data ->> 'closes_at' AS close FROM outbox WHERE type LIKE '%.poll-%' ORDER BY id"
    )
    return [(row["type"].removeprefix("fr.parvis.participation."), row["close"]) for row in rows]


async def test_a_poll_lasts_longer_once_two_agents_want_the_same(polling: PollTown) -> None:
    poll = await polling.open()
    first, second = polling.service.agent(), polling.service.agent()
    close = datetime.fromisoformat(poll["closes_at"])
    until = close + timedelta(hours=4)
    for _ in range(2):
        # Alone, as often as one likes: it waits.
        assert (await change(polling, first, poll, until)).json()["made"] is False
    other = await change(polling, second, poll, until + timedelta(hours=1))
    assert other.json()["made"] is False
    assert (await shown(polling, poll))["closes_at"] == poll["closes_at"]
    assert (await change(polling, first, poll, until + timedelta(hours=1))).json()["made"] is True
    assert [name for name, _ in await told(polling)] == ["poll-published.v1", "poll-extended.v1"]
    now = await shown(polling, poll)
    assert same_instant((await told(polling))[-1][1], now["closes_at"])
    assert datetime.fromisoformat(now["closes_at"]) == until + timedelta(hours=1)
    assert (now["announced_close_at"], now["digest"]) == (poll["closes_at"], poll["digest"])
    # What one had asked for before does not come back by itself.
    assert (await change(polling, second, poll, until + timedelta(hours=2))).json()["made"] is False
    polling.when("after")
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    polling.now = until + timedelta(hours=2)
    assert (await polling.count(poll)).status_code == 201
    record = (await polling.file(poll, "record.json")).json()
    assert (record["definition"]["closes_at"][:19], record["closed_at"][:19]) == (
        poll["closes_at"][:19],
        now["closes_at"][:19],
    )


async def test_a_wish_waits_for_seven_days(polling: PollTown) -> None:
    closes_at = (polling.now + timedelta(days=30)).isoformat()
    poll, agents = await polling.open(closes_at=closes_at), [polling.service.agent() for _ in range(3)]
    until = datetime.fromisoformat(poll["closes_at"]) + timedelta(hours=4)
    assert (await change(polling, agents[0], poll, until)).json()["made"] is False
    polling.now += timedelta(days=7, seconds=1)
    assert (await change(polling, agents[1], poll, until)).json()["made"] is False, "the first wish is over"
    polling.now += timedelta(days=6)
    assert (await change(polling, agents[2], poll, until)).json()["made"] is True


async def test_what_cannot_be_changed_is_refused(polling: PollTown) -> None:
    poll = await polling.open()
    agent = polling.service.agent()
    close = datetime.fromisoformat(poll["closes_at"])
    earlier = await change(polling, agent, poll, close - timedelta(minutes=1))
    assert [error["pointer"] for error in earlier.json()["errors"]] == ["/closes_at"]
    assert (await change(polling, agent, poll, None, kind="extend")).status_code == 422
    assert (await change(polling, agent, poll, close, kind="cancel")).status_code == 422
    assert (await change(polling, polling.service.agent("lutece"), poll)).status_code == 404
    assert (await change(polling, polling.voter(), poll)).status_code == 403
    polling.when("after")
    late = await change(polling, agent, poll, close + timedelta(days=1))
    assert (late.status_code, late.json()["code"]) == (409, "poll-not-changeable")
    assert (await polling.count(poll)).status_code == 201
    assert (await change(polling, agent, poll)).json()["code"] == "poll-not-changeable"


async def test_a_poll_that_two_agents_call_off_takes_no_vote_and_keeps_no_envelope(polling: PollTown) -> None:
    poll = await polling.open()
    await polling.cast(polling.voter(), poll, approve("park"))
    assert (await change(polling, polling.service.agent(), poll)).json()["made"] is False
    assert (await polling.cast(polling.voter(), poll, approve("park"))).status_code == 200
    assert (await change(polling, polling.service.agent(), poll)).json()["made"] is True
    now = await shown(polling, poll)
    assert (now["state"], now["announced_close_at"]) == ("cancelled", None)
    assert (await told(polling))[-1][0] == "poll-cancelled.v1"
    refused = await polling.cast(polling.voter(), poll, approve("park"))
    assert (refused.status_code, refused.json()["code"]) == (409, "poll-not-open")
    sealed = await polling.service.runtime.database.pool.fetch("SELECT sealed FROM poll_urn")
    assert [row["sealed"] for row in sealed] == [None, None]
    polling.when("after")
    assert (await polling.count(poll)).json()["code"] == "poll-not-countable"
    assert (await change(polling, polling.service.agent(), poll)).json()["code"] == "poll-not-changeable"


async def test_every_act_is_in_the_chain_and_no_vote_is(polling: PollTown) -> None:
    polling.when("before")
    agent, other = polling.service.agent(), polling.service.agent()
    poll = (await polling.create(agent, eligibility={"listed": True})).json()
    assert (await polling.file(poll, "acts.jsonl")).status_code == 404
    await polling.list_people(poll, civil_status("DUBOIS"), agent=other)
    await polling.publish(agent, poll)
    polling.when("open")
    before = await acts(polling, poll)
    refused = await polling.cast(polling.voter(), poll, approve("park"))
    assert refused.status_code == 403
    assert await acts(polling, poll) == before
    await change(polling, other, poll)
    found = await acts(polling, poll)
    assert [(act["number"], act["act"]) for act in found] == [
        (1, "created"), (2, "list-imported"), (3, "published"), (4, "change-wanted"),
    ]  # fmt: skip
    names = [act["agent"] for act in found]
    assert names == [names[0], names[1], names[0], names[1]]
    assert names[0] != names[1]
    text = (await polling.file(poll, "acts.jsonl")).text
    assert agent.subject not in text
    previous = bytes(32).hex()
    for line in text.splitlines():
        assert json.loads(line)["previous"] == previous
        previous = sha256(line.encode()).hexdigest()


async def test_the_service_itself_cannot_change_the_chain(polling: PollTown) -> None:
    await polling.open()
    pool = polling.service.runtime.database.pool
    for statement in ("UPDATE poll_act SET line = ''", "DELETE FROM poll_act"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)
