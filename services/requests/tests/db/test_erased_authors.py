# SPDX-License-Identifier: EUPL-1.2
"""Who was erased is forgotten here at once, but for their requests: these stay readable as long as they are kept."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from agendas import Agendas, at
from contesting import contesting
from requests_town import STUDIED, Town
from team_calls import alerts, team_of

from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_requests import worker
from parvis_requests.consumers import people
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.db.erased_people import SETTLED
from parvis_requests.service.forget_erased import forget_erased
from parvis_requests.service.purge_closed import destroy_rest
from parvis_testing import Caller

TYPE = "fr.parvis.identity.person-erased.v1"
CONTRACTS = Path(__file__).parents[4] / "contracts"


def told(type_: str, caller: Caller, **data: str) -> Event:
    example = json.loads((CONTRACTS / "examples/events" / f"{type_}.json").read_text("utf-8"))
    return Event(
        id=uuid4(), type=type_, source="/parvis/identity", subject=caller.subject, time=datetime.now(UTC),
        collectivity="paris", sequence=5, key=UUID(caller.subject), topic=people.TOPICS[0],
        data=example | {"person": caller.subject} | data, traceparent=None,
    )  # fmt: skip


def gone(caller: Caller) -> Event:
    return told(TYPE, caller)


def merged(absorbed: Caller, kept: Caller) -> Event:
    return told("fr.parvis.identity.account-merged.v1", absorbed, into=kept.subject)


async def hear(town: Town, *events: Event) -> None:
    runtime = town.service.runtime
    for event in events:
        async with runtime.database.unit_of_work() as uow:
            await people.handlers(runtime.persons)[event.type](event, uow.session)
            await uow.commit()


async def swept(town: Town, later: timedelta = SETTLED) -> int:
    """What the worker does every ten minutes; the keys of how many were put on the list."""
    runtime = town.service.runtime
    found = await forget_erased(runtime.database, datetime.now(UTC) + later)
    await destroy_rest(runtime.database, runtime.persons, FileBlobs(runtime.settings.attachments_directory))
    return found


async def known(town: Town, caller: Caller) -> bool:
    person = UUID(caller.subject)
    return person in await town.service.runtime.persons.of_many({person})


async def test_a_request_stays_readable_for_agents_until_it_is_kept_no_longer_then_the_key_goes(town: Town) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(author)).json()
    for _ in range(2):
        await hear(town, gone(author))
    assert await swept(town) == 0
    shown = (await town.get(agent, f"/v1/requests/{request['id']}")).json()
    assert shown["answers"] == request["answers"]
    pool = town.service.runtime.database.pool
    await pool.execute("DELETE FROM request WHERE id = $1", UUID(request["id"]))
    assert await swept(town) == 0, "looked at once a day"
    assert await known(town, author)
    assert await swept(town, timedelta(days=1, hours=1)) == 1
    assert not await known(town, author)
    assert await swept(town, timedelta(days=3)) == 0


async def test_agents_see_once_in_what_goes_on_that_its_author_was_erased(town: Town) -> None:
    author, agent = town.service.citizen(), town.service.agent(roles=["agent", "decider"])
    going_on, ended, another = [
        (await town.submit(each, request_type=STUDIED)).json() for each in (author, author, town.service.citizen())
    ]
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE request SET status = 'granted' WHERE id = $1", UUID(ended["id"]))
    for request in (going_on, ended, another):
        await town.get(agent, f"/v1/requests/{request['id']}")
    for _ in range(2):
        await hear(town, gone(author))
    queue = (await town.get(agent, "/v1/work-queue")).json()["items"]
    assert [item["id"] for item in queue if item["unread"]] == [going_on["id"]]
    for request, acts in ((going_on, ["submit", "author-erased"]), (ended, ["submit"]), (another, ["submit"])):
        told = (await town.get(agent, f"/v1/requests/{request['id']}/history")).json()["items"]
        assert [act["action"]["code"] for act in told] == acts
    # It is nothing that is told outside of the town hall, and the agents go on.
    assert (await town.act(agent, going_on, "study", '"2"')).status_code == 201


async def test_who_looks_at_an_appeal_sees_that_its_author_was_erased(town: Town) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    desk = await contesting(town)
    open_one, over, uncontested = [await desk.refused(author, agent) for _ in range(3)]
    await desk.lodged(author, open_one)
    rejected = await desk.do(
        agent, over, await desk.lodged(author, over), "outcome", outcome="rejected", reasons="Non."
    )
    assert rejected.status_code == 201, rejected.text
    for request in (open_one, over, uncontested):
        await town.get(agent, f"/v1/requests/{request['id']}")
    await hear(town, gone(author))
    queue = (await town.get(agent, "/v1/work-queue?appealed=true&unread=true")).json()["items"]
    assert [item["id"] for item in queue] == [open_one["id"]]
    for request, noted in ((open_one, True), (over, False), (uncontested, False)):
        told = (await town.get(agent, f"/v1/requests/{request['id']}/history")).json()["items"]
        assert ("author-erased" in [act["action"]["code"] for act in told]) == noted


async def test_who_decides_an_appeal_is_alerted_that_its_author_was_erased(town: Town) -> None:
    author, decider, superior = town.service.citizen(), town.service.agent(), town.service.agent()
    desk = await contesting(town, routing=[{"team": await team_of(town, decider, superior)}])
    to_superior, thought_again, over = [await desk.refused(author, decider) for _ in range(3)]
    for request, kind in ((to_superior, "hierarchical"), (thought_again, "reconsideration"), (over, "reconsideration")):
        appeal = await desk.lodged(author, request, kind)
    assert (await desk.do(author, over, appeal, "withdrawal")).status_code == 201
    goes_on = await desk.filed(author)
    for _ in range(2):
        await hear(town, gone(author))

    async def told(request: dict[str, Any]) -> list[str]:
        return sorted(agent for alert, agent in await alerts(town, request) if alert == "author-erased")

    # Whoever refused looks at it again where they are asked to, and not where another does.
    assert await told(to_superior) == [superior.subject]
    assert await told(thought_again) == sorted([decider.subject, superior.subject])
    assert await told(over) == await told(goes_on) == []


async def test_who_filed_nothing_is_forgotten_at_once_with_drafts_and_follows(town: Town) -> None:
    author, other = town.service.citizen(), town.service.citizen()
    request = (await town.submit(other)).json()
    headers = author.headers | {"Idempotency-Key": town.key()}
    followed = await town.client.post(f"/v1/requests/{request['id']}/follow", json={"following": True}, headers=headers)
    assert followed.status_code in {200, 201, 204}, followed.text
    await drafted(town, author)
    await town.service.runtime.persons.of(UUID(author.subject))
    await hear(town, gone(author))
    pool = town.service.runtime.database.pool
    for table, column in (("follow", "person"), ("request_draft", "author")):
        assert not await pool.fetch(f"SELECT 1 FROM {table} WHERE {column} = $1", UUID(author.subject)), table
    assert await swept(town) == 1
    assert not await known(town, author)
    assert await known(town, other)


async def test_the_key_of_an_account_that_was_joined_stays_as_long_as_the_other_has_requests(town: Town) -> None:
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await town.submit(absorbed)
    await hear(town, merged(absorbed, kept), gone(absorbed), gone(kept))
    assert await swept(town) == 0
    assert [await known(town, each) for each in (absorbed, kept)] == [True, True]


async def drafted(town: Town, author: Caller) -> None:
    headers = author.headers | {"Idempotency-Key": town.key()}
    answer = await town.client.post("/v1/request-drafts", json={"request_type": "cartons"}, headers=headers)
    assert answer.status_code == 201, answer.text


async def test_what_their_last_calls_brought_after_the_event_stays_readable_or_goes(town: Town) -> None:
    author, other, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    for each in (author, other):
        await hear(town, gone(each))
        await drafted(town, each)
    assert await swept(town, timedelta(minutes=16)) == 0, "a token may still be good"
    request = (await town.submit(author)).json()
    assert await swept(town) == 1
    assert [await known(town, each) for each in (author, other)] == [True, False]
    shown = (await town.get(agent, f"/v1/requests/{request['id']}")).json()
    assert shown["answers"] == request["answers"]
    people_ids = [UUID(each.subject) for each in (author, other)]
    pool = town.service.runtime.database.pool
    assert not await pool.fetch("SELECT 1 FROM request_draft WHERE author = ANY($1)", people_ids)


async def test_their_calendars_are_no_more_and_an_agents_views_neither(town: Town) -> None:
    agent, other, citizen = town.service.agent(), town.service.agent(), town.service.citizen()
    addresses, agenda = [], await Agendas(town).agenda()
    for each in (agent, other, citizen):
        headers = each.headers | {"Idempotency-Key": town.key()}
        if each is not citizen:
            view = {"name": "Les nôtres", "shared": each is agent, "filters": {}}
            made = await town.client.post("/v1/saved-views", json=view, headers=headers)
            assert made.status_code == 201, made.text
        headers = each.headers | {"Idempotency-Key": town.key()}
        body = {"agendas": [] if each is citizen else [agenda]}
        given = await town.client.post("/v1/calendar-feeds", json=body, headers=headers)
        assert given.status_code == 201, given.text
        addresses.append(given.json()["address"])
    await hear(town, gone(agent), gone(citizen))
    read = [(await town.client.get(httpx.URL(each).path)).status_code for each in addresses]
    assert read == [404, 200, 404], "whoever knows an address reads what is behind it"
    owners = await town.service.runtime.database.pool.fetch("SELECT owner FROM saved_view")
    assert [row["owner"] for row in owners] == [other.person]


async def test_an_appointment_to_come_keeps_the_key_until_it_is_over_or_cancelled(town: Town) -> None:
    agendas, agent = Agendas(town), town.service.agent()
    await agendas.counter()
    comes, cancels = town.service.citizen(), town.service.citizen()
    booked = (await agendas.book(comes, at("09:00"))).json()
    dropped = (await agendas.book(cancels, at("10:00"))).json()
    moved = await agendas.change(agent, booked, "move", starts_at=at("11:00"), reason="Panne au guichet")
    assert moved.status_code == 201, moved.text
    await hear(town, gone(comes), gone(cancels))
    await agendas.change(agent, dropped, "cancellation", reason="Fermé")
    assert await swept(town) == 1
    shown = (await town.get(agent, f"/v1/appointments/{booked['id']}")).json()
    assert shown["reason"] == "Panne au guichet"
    assert await swept(town, timedelta(days=90)) == 1


async def test_a_key_that_is_listed_already_holds_nothing_up(town: Town) -> None:
    author, other = town.service.citizen(), town.service.citizen()
    await hear(town, gone(author), gone(other))
    pool = town.service.runtime.database.pool
    await pool.execute("INSERT INTO destruction (id, collectivity, kind) VALUES ($1, 'paris', 'key')", author.person)
    assert await swept(town) == 2
    assert [await known(town, each) for each in (author, other)] == [False, False]


async def test_what_fails_in_forgetting_people_holds_no_retention_up(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    purged = asyncio.Event()

    async def broken(*_: object) -> int:
        raise RuntimeError

    async def purge(*_: object) -> int:
        purged.set()
        return 0

    monkeypatch.setattr(worker, "forget_erased", broken)
    monkeypatch.setattr(worker, "purge_closed", purge)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        task = group.create_task(worker.purge_closed_regularly(town.service.runtime))
        await purged.wait()
        task.cancel()
    logs = capsys.readouterr()
    assert "erased_people_not_forgotten" in logs.out + logs.err


async def test_an_event_without_a_person_is_refused(town: Town) -> None:
    broken = replace(gone(town.service.citizen()), data={})
    with pytest.raises(MalformedEventError):
        await hear(town, broken)
