# SPDX-License-Identifier: EUPL-1.2
"""What the service really emits fits the published schemas."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from agendas import Agendas, at
from certifiers import HOLDER, SECRET, certifiers
from contesting import contesting
from jsonschema import Draft202012Validator
from payfip import Paying, payfip
from requests_town import STUDIED, TOWN_HALL, Town

from parvis_requests.db import mentions
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.people import People
from parvis_requests.service.ask_satisfaction import ask_satisfaction
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.payments import begin_payment, open_page
from parvis_requests.service.purge_closed import purge_closed
from parvis_requests.service.read_author import ReadAuthor
from parvis_requests.service.ring_timers import ring_timers
from parvis_requests.service.tell_catalogue import tell_again
from parvis_testing import Caller

EVENTS = Path(__file__).parents[4] / "contracts" / "events"


async def told_by_the_clock(town: Town, citizen: Caller) -> None:
    answers = {"about": "service", "wish": "Une réponse."}
    filed = (await town.submit(citizen, request_type="reclamation", answers=answers)).json()
    runtime, end = town.service.runtime, datetime.fromisoformat(filed["legal"]["ends_at"])
    for instant in (end - timedelta(days=1), end):
        await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, instant)


async def told_in_a_note(town: Town, agent: Caller, request: dict[str, Any]) -> None:
    async with town.service.runtime.database.unit_of_work() as uow:
        await mentions.know(uow.session, "paris", UUID(agent.subject))
        await uow.commit()
    headers, path = agent.headers | {"Idempotency-Key": town.key()}, f"/v1/requests/{request['id']}/messages"
    body = {"visibility": "internal", "text": "À voir.", "mentions": [agent.subject]}
    await town.client.post(path, json=body, headers=headers)
    headers, path = headers | {"Idempotency-Key": town.key()}, f"/v1/requests/{request['id']}/mention-withdrawals"
    await town.client.post(path, json={"agent": agent.subject}, headers=headers)


async def told_by_the_purge(town: Town) -> None:
    runtime, later = town.service.runtime, datetime.now(UTC) + timedelta(days=750)
    await purge_closed(runtime.database, runtime.persons, FileBlobs(runtime.settings.attachments_directory), later)


async def told_of_an_appointment(agendas: Agendas, citizen: Caller) -> None:
    await agendas.counter()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    moved = (await agendas.change(citizen, booked, "move", starts_at=at("09:30"))).json()
    hope = {"kind": "passeport", "agenda_id": moved["agenda"]["id"]}
    await agendas.post(citizen, "/v1/waiting-list", hope)
    await agendas.change(citizen, moved, "cancellation")
    with certifiers() as asked:
        asked.accounts[citizen.subject] = HOLDER | {"person": citizen.subject}
        reading = ReadAuthor(agendas.town.service.runtime.database, People(asked.url, SECRET))
        agent = Actor(UUID(agendas.town.service.agent().subject), "paris", is_agent=True)
        await reading.of_appointment(agent, UUID(booked["id"]), datetime.now(UTC))


async def told_of_an_appeal(town: Town, citizen: Caller, agent: Caller) -> None:
    desk = await contesting(town)
    request = await desk.refused(citizen, agent)
    await desk.do(citizen, request, await desk.lodged(citizen, request), "withdrawal")
    runtime, then = town.service.runtime, datetime.now(UTC) + timedelta(days=2)
    await ask_satisfaction(runtime.database, runtime.persons, runtime.blind_index, then)


async def told_of_a_payment(town: Town, citizen: Caller) -> None:
    with payfip() as provider:
        paying = Paying(town, provider)
        request, parts, actor = (
            await paying.filed(citizen),
            paying.parts(),
            Actor(UUID(citizen.subject), "paris", is_agent=False),
        )
        async with parts.database.unit_of_work() as uow:
            begun = await begin_payment(
                uow.session, actor, UUID(request["id"]), "permit", parts=parts, now=datetime.now(UTC)
            )
            await uow.commit()
        await open_page(parts, actor, begun.id, "lea@example.org", datetime.now(UTC))
        provider.made()[0].end("P")
        await paying.settle(timedelta(minutes=1))


async def told_of_the_catalogue(town: Town) -> None:
    await town.retire("told", (await town.publish("told"))["version"])
    async with town.service.runtime.database.unit_of_work() as uow:
        await tell_again(uow.session, "paris", datetime.now(UTC))
        await uow.commit()


async def told_of_an_address(town: Town) -> None:
    body = {"request_type": "cartons", "description": "Des cartons", "answers": {"blocks_pavement": True}}
    where = {"position": {"type": "Point", "coordinates": TOWN_HALL}, "email": "lea@example.org"}
    headers = {"Idempotency-Key": "a-key-that-nobody-else-has"}
    filed = await town.client.post("/v1/collectivities/paris/requests", json=body | where, headers=headers)
    assert filed.status_code == 201, filed.text
    (asked,) = await town.service.runtime.database.pool.fetch("SELECT id FROM confirmation")
    told = await town.service.internal.get(
        f"/internal/v1/confirmations/{asked['id']}?collectivity=paris", headers=town.service.system().headers
    )
    await town.client.post("/confirm-address?" + told.json()["link"].partition("?")[2])


async def told_of_a_contact(town: Town, agent: Caller) -> None:
    body = {"request_type": "cartons", "description": "Des cartons", "answers": {"blocks_pavement": True}}
    where = {"position": {"type": "Point", "coordinates": TOWN_HALL}, "channel": "phone"}
    headers = agent.headers | {"Idempotency-Key": town.key()}
    filed = await town.client.post("/v1/requests-on-behalf", json=body | where, headers=headers)
    path = f"/v1/requests/{filed.json()['id']}/contact"
    right, seen = {"email": "lea@example.org", "reason": "Relu."}, agent.headers | {"If-Match": '"1"'}
    assert (await town.client.put(path, json=right, headers=seen)).status_code == 200


async def test_each_emitted_event_fits_its_schema(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request: dict[str, Any] = (await town.submit(citizen)).json()
    await town.get(agent, f"/v1/requests/{request['id']}")
    await town.follow(town.service.citizen(), request)
    await town.act(agent, request, "take", '"1"')
    await town.write(agent, request, "public", "Nous passons demain.")
    await town.write(citizen, request, "public", "Merci.")
    resolved = await town.act(agent, request, "resolve", '"4"')
    headers = agent.headers | {"If-Match": resolved.headers["etag"], "Idempotency-Key": town.key()}
    path, until = f"/v1/requests/{request['id']}/validity", {"until_on": "2050-06-30"}
    assert (await town.client.post(path, json=until, headers=headers)).status_code == 201
    other: dict[str, Any] = (await town.submit(citizen, request_type=STUDIED)).json()
    await town.act(agent, other, "study", '"1"')
    await told_in_a_note(town, agent, other)
    await told_by_the_clock(town, citizen)
    await told_by_the_purge(town)
    await told_of_an_appointment(Agendas(town), citizen)
    await told_of_an_address(town)
    await told_of_a_contact(town, agent)
    await told_of_an_appeal(town, citizen, agent)
    await told_of_a_payment(town, citizen)
    await told_of_the_catalogue(town)
    rows = await town.service.runtime.database.pool.fetch("SELECT type, data FROM outbox")
    emitted = [(row["type"], json.loads(row["data"])) for row in rows]
    schemas = {f"{p.parent.name}.v1": json.loads(p.read_text()) for p in EVENTS.glob("fr.parvis.requests.*/v1.json")}
    assert {type_ for type_, _ in emitted} == schemas.keys()
    for type_, data in emitted:
        errors = [error.message for error in Draft202012Validator(schemas[type_]).iter_errors(data)]
        assert errors == [], type_
        assert set(data) == set(schemas[type_]["properties"]), f"{type_}: nothing undeclared is emitted"
