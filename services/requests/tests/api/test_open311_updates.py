# SPDX-License-Identifier: EUPL-1.2
"""What clients of Open311 send on about requests that they filed."""

import asyncio
from typing import Any

import httpx
import pytest
from open311_client import BASE, PARIS, Client, client_of, tree_of
from open311_schemas import check
from public_doors import DOORS
from requests_town import Town, photo

WORDS = "Le tas de cartons a doublé <depuis> hier"


@pytest.fixture
async def client(town: Town) -> Client:
    return await client_of(town)


def update(client: Client, reference: str, **changes: str) -> dict[str, str]:
    return {
        "api_key": client.key,
        "service_request_id": reference,
        "update_id": "4711",
        "status": "OPEN",
        "updated_datetime": "2026-11-26T09:30:00+01:00",
        "description": WORDS,
        **PARIS,
        **changes,
    }


async def send(client: Client, form: dict[str, str], *, format_: str = "json", **files: bytes) -> httpx.Response:
    media = {name: (f"{name}.jpg", content, "image/jpeg") for name, content in files.items()}
    path = f"{BASE}/servicerequestupdates.{format_}"
    answer = await client.town.client.post(path, data=form, files=media or None)
    if format_ == "json":
        check(answer)
    return answer


async def messages(town: Town, reference: str) -> list[dict[str, Any]]:
    """What agents read, the oldest first."""
    agent = town.service.agent()
    (item,) = (await town.get(agent, f"/v1/work-queue?q={reference}")).json()["items"]
    found = (await town.get(agent, f"/v1/requests/{item['id']}/messages")).json()["items"]
    return list(reversed(found))


async def test_what_a_reporter_adds_is_a_message_and_the_state_that_they_wish_a_note(client: Client) -> None:
    town, reference = client.town, await client.filed()
    form = update(client, reference, status="FIXED", email="AMELIE@example.org", public_anonymity_required="TRUE")
    answer = await send(client, form | {"attribute[road]": "D 12"})
    assert answer.status_code == 200, answer.text
    message, note = await messages(town, reference)
    assert (message["visibility"], message["text"], message["by"]) == ("public", WORDS, "author")
    assert (note["visibility"], note["by"]) == ("internal", "system")
    for said in ("FIXED", "AMELIE@example.org", "Ne veut pas être nommé", "attribute[road] : D 12", "08:30+00:00"):
        assert said in note["text"]
    assert WORDS not in note["text"]
    # Agents decide on the state: it has not changed, and what is told of the request leads to the same act.
    (told,) = (await client.get(f"requests/{reference}.json")).json()
    assert told["status"] == "open"
    (act,) = (await client.get("servicerequestupdates.json")).json()
    assert [{"update_id": act["update_id"]}] == answer.json()
    assert act["status"] == "open"


async def test_a_wish_for_a_state_needs_no_words(client: Client) -> None:
    reference = await client.filed()
    answer = await send(client, update(client, reference, status="reopen", description=""), format_="xml")
    assert answer.status_code == 200, answer.text
    tree = tree_of(answer.content)
    assert (tree.tag, tree.findtext("request_update/update_id")) == ("service_request_updates", f"{reference}-2")
    (note,) = await messages(client.town, reference)
    assert (note["visibility"], "REOPEN" in note["text"]) == ("internal", True)


async def test_what_somebody_else_says_is_no_word_of_the_reporter(client: Client) -> None:
    reference = await client.filed()
    form = update(client, reference, email="voisin@example.org", first_name="Basile")
    assert (await send(client, form)).status_code == 200
    (note,) = await messages(client.town, reference)
    assert (note["visibility"], note["by"]) == ("internal", "system")
    for said in (WORDS, "voisin@example.org", "Basile"):
        assert said in note["text"]


@pytest.mark.parametrize("door", DOORS)
async def test_no_door_shows_the_public_what_was_sent(client: Client, door: str) -> None:
    reference = await client.filed()
    assert (await send(client, update(client, reference, last_name="Zyzomys"), media=photo())).status_code == 200
    told = await DOORS[door](client.town, {"reference": reference, "request_type": {"code": "cartons"}})
    assert reference in told
    assert "Zyzomys" not in told
    assert "doublé" not in told
    assert "public-photos" not in told


async def test_an_update_is_taken_once_however_often_it_is_sent(client: Client) -> None:
    town, reference = client.town, await client.filed()
    form = update(client, reference)
    answers = await asyncio.gather(*(send(client, form) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1
    assert len(await messages(town, reference)) == 2
    for changes in ({"status": "CLOSED"}, {"description": "Autre chose"}, {"first_name": "Basile"}):
        (error,) = (await send(client, form | changes)).json()
        assert (error["code"], error["description"]) == (400, "update_id: another update had it")
    (error,) = (await send(client, form | {"service_request_id": await client.filed()})).json()
    assert "update_id" in error["description"]
    assert await town.count("message") == 2
    # The ids of one client are nothing to another.
    other = await client_of(town)
    assert (await send(other, update(other, await other.filed()))).status_code == 200
    assert await town.count("message") == 4


async def test_photos_come_along_for_the_agents(client: Client) -> None:
    town, reference = client.town, await client.filed()
    answer = await send(client, update(client, reference), media=photo(gps=True))
    assert answer.status_code == 200, answer.text
    message, note = await messages(town, reference)
    assert (len(message["attachments"]), note["attachments"]) == (1, [])
    agent = town.service.agent()
    shown = await town.get(agent, f"/v1/attachments/{message['attachments'][0]['id']}")
    assert shown.status_code == 200
    assert b"Camera of somebody" not in shown.content
    # Photos alone are an update, too.
    assert (await send(client, update(client, reference, update_id="4713", description=""), media=photo())).is_success
    alone, _ = (await messages(town, reference))[-2:]
    assert (alone["text"], len(alone["attachments"])) == ("Photos jointes.", 1)
    # One more from somebody else stays with the note.
    form = update(client, reference, update_id="4712", email="voisin@example.org")
    assert (await send(client, form, media=photo())).status_code == 200
    theirs = (await messages(town, reference))[-1]
    assert (theirs["visibility"], len(theirs["attachments"])) == ("internal", 1)


@pytest.mark.parametrize("broken", [b"no photo at all" * 9, photo()[:300]])
async def test_what_comes_with_a_broken_photo_is_not_kept(client: Client, broken: bytes) -> None:
    town, reference = client.town, await client.filed()
    directory = town.service.runtime.settings.attachments_directory
    before = {path for path in directory.rglob("*") if path.is_file()}
    answer = await send(client, update(client, reference), good=photo(), broken=broken)
    assert answer.status_code == 400
    for table in ("message", "attachment", "open311_update"):
        assert await town.count(table) == 0
    assert {path for path in directory.rglob("*") if path.is_file()} == before
    assert (await send(client, update(client, reference), good=photo())).status_code == 200


@pytest.mark.parametrize(
    ("changes", "drop", "code", "says"),
    [
        ({}, "api_key", 403, "api_key"),
        ({"api_key": "guessed"}, "", 403, "api_key"),
        ({"jurisdiction_id": "lutece"}, "", 403, "api_key"),
        ({"jurisdiction_id": "atlantis"}, "", 404, "jurisdiction_id"),
        ({}, "service_request_id", 400, "service_request_id"),
        ({"service_request_id": "R-2026-0000-000"}, "", 404, "service_request_id"),
        ({"service_request_id": "nonsense"}, "", 404, "service_request_id"),
        ({}, "update_id", 400, "update_id"),
        ({"update_id": "x" * 301}, "", 400, "update_id"),
        ({"update_id": "nul \x00"}, "", 400, "update_id"),
        ({}, "status", 400, "status"),
        ({"status": "LOST"}, "", 400, "FIXED"),
        ({}, "updated_datetime", 400, "updated_datetime"),
        ({"updated_datetime": "yesterday"}, "", 400, "updated_datetime"),
        ({}, "description", 400, "description"),
        ({"description": "x" * 4001}, "", 400, "description"),
        ({"public_anonymity_required": "perhaps"}, "", 400, "public_anonymity_required"),
        ({f"attribute[a{n}]": "1" for n in range(21)}, "", 400, "attribute"),
        ({"attribute[a]": "nul \x00"}, "", 400, "attribute"),
    ],
)
async def test_what_is_wrong_with_an_update_is_told_in_both_formats_and_nothing_is_stored(
    client: Client, changes: dict[str, str], drop: str, code: int, says: str
) -> None:
    form = update(client, await client.filed(), **changes)
    form.pop(drop, None)
    answer = await send(client, form)
    (error,) = answer.json()
    assert (answer.status_code, error["code"], says in error["description"]) == (code, code, True), error
    tree = tree_of((await send(client, form, format_="xml")).content)
    assert (tree.tag, tree.findtext("error/code")) == ("errors", str(code))
    for table in ("message", "open311_update"):
        assert await client.town.count(table) == 0


async def test_a_client_speaks_of_its_own_requests_alone(client: Client) -> None:
    town, other = client.town, await client_of(client.town)
    reference = await client.filed()
    by_person = (await town.submit(town.service.citizen())).json()["reference"]
    for form in (update(other, reference), update(client, by_person)):
        (error,) = (await send(client, form)).json()
        assert (error["code"], error["description"]) == (404, "service_request_id: unknown")
    assert await town.count("message") == 0


async def test_updates_go_with_their_request(client: Client) -> None:
    town, reference = client.town, await client.filed()
    assert (await send(client, update(client, reference))).status_code == 200
    await town.service.runtime.database.pool.execute("DELETE FROM request WHERE reference = $1", reference)
    assert await town.count("open311_update") == 0
