# SPDX-License-Identifier: EUPL-1.2
"""What an agent took down wrongly goes to a stranger, until it is corrected."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from requests_town import TOWN_HALL, Town

from parvis_testing import Caller

REPORT: dict[str, Any] = {
    "request_type": "cartons",
    "description": "Des cartons",
    "answers": {"blocks_pavement": True},
    "position": {"type": "Point", "coordinates": TOWN_HALL},
}
WRONG: dict[str, str] = {"first_name": "Rose", "email": "rosse@example.org", "phone": "01 40 00 00 00"}
RIGHT: dict[str, str] = {"first_name": "Rose", "last_name": "BLANC", "email": "rose@example.org"}
REASON = "Relu au téléphone."


async def taken_down(town: Town, **contact: str) -> dict[str, Any]:
    headers = town.service.agent().headers | {"Idempotency-Key": town.key()}
    body = REPORT | {"channel": "phone", "contact": contact}
    answer = await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def left_alone(town: Town, email: str) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid4())}
    body = REPORT | {"email": email}
    answer = await town.client.post("/v1/collectivities/paris/requests", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def correct(
    town: Town, caller: Caller, request: dict[str, Any], contact: dict[str, str], version: int = 1
) -> httpx.Response:
    headers = caller.headers | {"If-Match": f'"{version}"'}
    path = f"/v1/requests/{request['id']}/contact"
    return await town.client.put(path, json=contact | {"reason": REASON}, headers=headers)


async def written_to(town: Town) -> Any:
    """Where the service that sends mails would send one; None where nowhere."""
    pool, sender = town.service.runtime.database.pool, town.service.system(scope="requests.contacts.read")
    person = await pool.fetchval("SELECT person FROM reporter")
    path = f"/internal/v1/reporters/{person}/contact?collectivity=paris"
    answer = await town.service.internal.get(path, headers=sender.headers)
    return answer.json()["email"] if answer.status_code == 200 else None


async def told(town: Town, name: str) -> list[dict[str, Any]]:
    wanted = "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.' || $1 || '.v1' ORDER BY id"
    return [json.loads(row["data"]) for row in await town.service.runtime.database.pool.fetch(wanted, name)]


async def test_what_an_agent_took_down_is_corrected_and_the_receipt_goes_there(town: Town) -> None:
    agent, request = town.service.agent(), await taken_down(town, **WRONG)
    answer = await correct(town, agent, request, RIGHT)
    assert answer.status_code == 200, answer.text
    assert answer.json() | RIGHT | {"phone": None, "language": "fr"} == answer.json(), (
        "what is not said is known no more"
    )
    read = await town.get(agent, f"/v1/requests/{request['id']}/contact")
    assert read.json() == answer.json()
    assert await written_to(town) == "rose@example.org"
    (event,) = await told(town, "contact-corrected")
    assert (event["request_id"], event["agent"], event["receipt_due"]) == (request["id"], agent.subject, True)
    shown = await town.get(agent, f"/v1/requests/{request['id']}")
    assert shown.headers["etag"].split("-")[0].strip('"') == answer.headers["etag"].split("-")[0].strip('"')
    history = (await town.get(agent, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert [(act["action"]["code"], act["by"]) for act in history] == [
        ("submit", "author"),
        ("contact", "agent"),
        ("note", "agent"),
    ]
    notes = (await town.get(agent, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert [(note["text"], note["visibility"]) for note in notes] == [(REASON, "internal")]


async def test_neither_address_is_told_by_the_journal_or_the_history(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    await correct(town, town.service.agent(), await taken_down(town, **WRONG), RIGHT)
    pool = town.service.runtime.database.pool
    rows = [str(await pool.fetch(f"SELECT * FROM {table}")) for table in ("outbox", "history_entry")]
    said = capsys.readouterr()
    for word in ("rose@example.org", "rosse@example.org", "BLANC"):
        assert not any(word in text for text in (*rows, said.out, said.err))


async def test_without_an_address_nothing_goes_anywhere(town: Town) -> None:
    request = await taken_down(town, **WRONG)
    assert (await correct(town, town.service.agent(), request, {"phone": "01 40 00 00 01"})).status_code == 200
    assert await written_to(town) is None
    assert [event["receipt_due"] for event in await told(town, "contact-corrected")] == [False]


async def test_of_a_name_or_a_number_nobody_else_is_told(town: Town) -> None:
    request = await taken_down(town, **WRONG)
    answer = await correct(town, town.service.agent(), request, WRONG | {"phone": "01 40 00 00 01"})
    assert (answer.status_code, answer.json()["phone"]) == (200, "01 40 00 00 01")
    assert await told(town, "contact-corrected") == []
    assert await written_to(town) == WRONG["email"]


async def test_an_address_that_they_left_themselves_is_confirmed_anew(town: Town) -> None:
    request = await left_alone(town, "rosse@example.org")
    pool = town.service.runtime.database.pool
    first = await pool.fetchval("SELECT digest FROM confirmation")
    answer = await correct(town, town.service.agent(), request, {"email": "rose@example.org"})
    assert answer.status_code == 200, answer.text
    assert await written_to(town) is None, "nobody has shown yet that it is theirs"
    (row,) = await pool.fetch("SELECT digest, confirmed_at FROM confirmation")
    assert (row["digest"] != first, row["confirmed_at"]) == (True, None), "the link in the other mailbox is void"
    assert len(await told(town, "confirmation-asked")) == 2
    assert [event["receipt_due"] for event in await told(town, "contact-corrected")] == [False]
    mine = await town.client.get("/v1/tracked-request", headers={"Tracking-Token": request["tracking_token"]})
    assert mine.status_code == 200, "who filed it has the token still: no mail has ever held it"


async def test_only_agents_correct_what_they_have_seen_of_who_has_no_account(town: Town) -> None:
    service, request = town.service, await taken_down(town, **WRONG)
    assert (await correct(town, service.citizen(), request, RIGHT)).status_code == 403
    assert (await correct(town, service.agent("lutece"), request, RIGHT)).status_code == 404
    assert (await correct(town, service.agent(), request, RIGHT, version=4)).status_code == 412
    of_account = (await town.submit(service.citizen())).json()
    assert (await correct(town, service.agent(), of_account, RIGHT)).status_code == 404
    assert await written_to(town) == WRONG["email"]
