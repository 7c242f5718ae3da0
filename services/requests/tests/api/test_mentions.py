# SPDX-License-Identifier: EUPL-1.2
"""A note names agents of the collectivity: they are told, and find the request in their queue."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from requests_town import Town

from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_requests.consumers import people
from parvis_testing import Caller

TYPE = "fr.parvis.identity.person-registered.v1"
EXAMPLE = Path(__file__).parents[4] / "contracts/examples/events" / f"{TYPE}.json"


def registered(caller: Caller, kind: str, collectivity: str = "paris", **changes: Any) -> Event:
    data = json.loads(EXAMPLE.read_text("utf-8")) | {"person": caller.subject, "kind": kind, **changes}
    return Event(
        id=uuid4(), type=TYPE, source="/parvis/identity", subject=caller.subject, time=datetime.now(UTC),
        collectivity=collectivity, sequence=1, key=UUID(caller.subject), topic=people.TOPICS[0],
        data=data, traceparent=None,
    )  # fmt: skip


async def hear(town: Town, *events: Event) -> None:
    runtime = town.service.runtime
    for event in events:
        async with runtime.database.unit_of_work() as uow:
            await people.handlers(runtime.persons)[event.type](event, uow.session)
            await uow.commit()


async def note(
    town: Town, caller: Caller, request: dict[str, Any], mentions: list[str], visibility: str = "internal"
) -> httpx.Response:
    headers, path = caller.headers | {"Idempotency-Key": town.key()}, f"/v1/requests/{request['id']}/messages"
    body = {"visibility": visibility, "text": "Peux-tu regarder ?", "mentions": mentions}
    return await town.client.post(path, json=body, headers=headers)


async def mentioning(town: Town, caller: Caller, query: str = "mentioned=me") -> list[str]:
    answer = await town.get(caller, f"/v1/work-queue?{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def told(town: Town) -> list[dict[str, Any]]:
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.agent-mentioned.v1'"
    )
    return [json.loads(row["data"]) for row in rows]


async def test_who_is_named_is_told_and_finds_the_request_in_their_queue(town: Town) -> None:
    citizen, writer, named = town.service.citizen(), town.service.agent(), town.service.agent()
    request, other = [(await town.submit(citizen)).json() for _ in range(2)]
    for _ in range(2):
        await hear(town, registered(named, "agent"))
    written = await note(town, writer, request, [named.subject, named.subject])
    assert written.status_code == 201, written.text
    assert written.json()["mentions"] == [named.subject]
    (event,) = await told(town)
    assert (event["agent"], event["message_id"], event["reference"]) == (
        named.subject,
        written.json()["id"],
        request["reference"],
    )
    # Named again, it is there once; others are not, nor does another agent find it as theirs.
    await note(town, writer, request, [named.subject])
    assert await mentioning(town, named) == [request["id"]]
    assert await mentioning(town, named, "mentioned=me&status=resolved") == []
    assert await mentioning(town, writer) == []
    assert set(await mentioning(town, named, "")) == {request["id"], other["id"]}
    counts = (await town.get(named, "/v1/work-queue?mentioned=me&count=exact")).json()["counts"]
    assert counts["total"] == 1
    words = (await town.get(named, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert [message["mentions"] for message in words] == [[named.subject], [named.subject]]


async def test_the_filter_is_kept_in_a_view(town: Town) -> None:
    citizen, named = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    await town.submit(citizen)
    await hear(town, registered(named, "agent"))
    await note(town, named, request, [named.subject])
    body = {"name": "On me cite", "filters": {"mentioned": "me"}}
    headers = named.headers | {"Idempotency-Key": town.key()}
    view = (await town.client.post("/v1/saved-views", json=body, headers=headers)).json()
    assert await mentioning(town, named, f"view={view['id']}") == [request["id"]]


async def test_only_notes_name_somebody_and_only_agents_of_the_collectivity(town: Town) -> None:
    citizen, writer = town.service.citizen(), town.service.agent()
    named, neighbour = town.service.agent(), town.service.agent("lutece")
    request = (await town.submit(citizen)).json()
    await hear(
        town, registered(named, "agent"), registered(neighbour, "agent", "lutece"), registered(citizen, "citizen")
    )
    refused = [
        await note(town, writer, request, [named.subject], "public"),
        await note(town, citizen, request, [named.subject], "public"),
        await note(town, writer, request, [neighbour.subject]),
        await note(town, writer, request, [named.subject, citizen.subject]),
        await note(town, writer, request, [str(uuid4())]),
    ]
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (422, "not-to-mention")
        assert answer.json()["errors"][0]["pointer"] == "/mentions"
    assert await told(town) == []
    assert await town.count("message") == 0
    assert await mentioning(town, neighbour) == []


async def test_an_event_that_names_nobody_is_refused(town: Town) -> None:
    with pytest.raises(MalformedEventError):
        await hear(town, registered(town.service.agent(), "agent", person="somebody"))
