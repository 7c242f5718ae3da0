# SPDX-License-Identifier: EUPL-1.2
"""A note names agents of the collectivity: they are told, and find the request in their queue."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from circles import filed, reads, restricted
from requests_town import Town

from parvis_kit.messaging.events import Event, MalformedEventError
from parvis_requests.consumers import people
from parvis_testing import Caller

TYPE, BACK = "fr.parvis.identity.person-registered.v1", "mention-withdrawn"
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


async def told(town: Town, name: str = "agent-mentioned") -> list[dict[str, Any]]:
    wanted = "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.' || $1 || '.v1'"
    return [json.loads(row["data"]) for row in await town.service.runtime.database.pool.fetch(wanted, name)]


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


async def withdraw(town: Town, caller: Caller, request: dict[str, Any], named: Caller) -> httpx.Response:
    headers, path = (
        caller.headers | {"Idempotency-Key": town.key()},
        f"/v1/requests/{request['id']}/mention-withdrawals",
    )
    return await town.client.post(path, json={"agent": named.subject}, headers=headers)


async def test_whoever_named_an_agent_takes_it_back_and_they_read_it_no_more(town: Town) -> None:
    code, team, writer, named = await restricted(town)
    colleague = town.service.agent(teams=(team,))
    request, open_one = await filed(town, code), (await town.submit(town.service.citizen())).json()
    first, second, others = [
        (await note(town, each, request, [named.subject])).json() for each in (writer, writer, colleague)
    ]
    await note(town, writer, open_one, [named.subject])
    assert await reads(town, named, request)
    taken = await withdraw(town, writer, request, named)
    assert (taken.status_code, taken.json()) == (201, {
        "agent": named.subject, "messages": sorted([first["id"], second["id"]]), "still_mentioned": True,
    })  # fmt: skip
    assert await reads(town, named, request), "a colleague names them still"
    mentions = {each["message_id"]: each["mention_id"] for each in await told(town)}
    said = [(each["message_id"], each["mention_id"], each["still_mentioned"]) for each in await told(town, BACK)]
    assert sorted(said) == sorted((id_, mentions[id_], True) for id_ in (first["id"], second["id"]))
    words = (await town.get(writer, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert {message["id"]: message["mentions"] for message in words} == {
        first["id"]: [], second["id"]: [], others["id"]: [named.subject],
    }  # fmt: skip
    acts = (await town.get(writer, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert [act["agent"] for act in acts if act["action"]["code"] == "unmention"] == [writer.subject]
    # Who is not in the team has no say, nor has who wrote none of the notes that are left.
    assert (await withdraw(town, town.service.agent(), request, named)).status_code == 404
    again = await withdraw(town, writer, request, named)
    assert (again.status_code, again.json()["code"]) == (409, "not-mentioned")
    supervised = await withdraw(town, town.service.agent(roles=["supervisor"]), request, named)
    assert (supervised.json()["messages"], supervised.json()["still_mentioned"]) == ([others["id"]], False)
    # What was taken back before is told again: while the colleague's note stood, their mails held for that.
    last = [each for each in await told(town, BACK) if not each["still_mentioned"]]
    assert sorted((each["message_id"], each["mention_id"], each["sequence"]) for each in last) == sorted(
        (each["id"], mentions[each["id"]], 2 if each is others else 3) for each in (first, second, others)
    )
    assert not await reads(town, named, request)
    assert await mentioning(town, named) == [open_one["id"]]
    # Named anew, they read it anew; and of that mention alone it is told when it goes.
    await note(town, writer, request, [named.subject])
    assert await reads(town, named, request)
    before = len(await told(town, BACK))
    assert (await withdraw(town, writer, request, named)).status_code == 201
    assert len(await told(town, BACK)) == before + 1


async def test_nobody_but_agents_takes_a_mention_back(town: Town) -> None:
    citizen, writer, named = town.service.citizen(), town.service.agent(), town.service.agent()
    request = (await town.submit(citizen)).json()
    await hear(town, registered(named, "agent"))
    await note(town, writer, request, [named.subject])
    for caller, status in ((citizen, 403), (town.service.agent("lutece"), 404)):
        assert (await withdraw(town, caller, request, named)).status_code == status
    assert await mentioning(town, named) == [request["id"]]
    unnamed = await withdraw(town, writer, request, writer)
    assert (unnamed.status_code, unnamed.json()["code"]) == (409, "not-mentioned")
