# SPDX-License-Identifier: EUPL-1.2
"""Photos go along with a request to the body that handles it, and it learns that the author took the request back."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from forwarding import Forwarded, forwarded
from open311_endpoint import Open311Endpoint
from public_doors import decide
from requests_town import photo
from team_calls import alerts, team_of

from parvis_requests.service.photo_address import GOOD_FOR, address_of
from parvis_requests.settings import Settings
from parvis_testing import Caller, Harness

MINUTE = timedelta(minutes=1)
TAKEN_BACK = "La personne a retiré sa demande"


@pytest.fixture
async def town(service: Harness, requests_settings: Settings) -> AsyncIterator[Forwarded]:
    async with forwarded(service, requests_settings) as running:
        yield running


async def photos(town: Forwarded, citizen: Caller, *sizes: int) -> list[str]:
    return [str((await town.upload(citizen, photo((size, size), gps=True))).json()["id"]) for size in sizes]


async def fetched(town: Forwarded, address: str) -> httpx.Response:
    """What the other body is given, which shows nothing of who it is."""
    return await town.client.get(address[address.index("/v1/") :])


async def test_each_photo_goes_as_an_address_where_the_other_body_fetches_it(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, sends=["description", "photos"])
    sent = await photos(town, citizen, 40, 50)
    await town.filed(citizen, code, attachments=sent)
    assert await town.forward() == 1
    addresses = endpoint.posted[0]["media_url"]
    assert len(addresses) == 2
    assert all(address.startswith(town.service.runtime.settings.public_url) for address in addresses)
    shown = [await fetched(town, address) for address in addresses]
    kept = [await town.get(citizen, f"/v1/attachments/{id_}") for id_ in sent]
    assert [each.content for each in shown] == [each.content for each in kept]
    assert shown[0].headers["content-type"] == "image/jpeg"
    assert shown[0].headers["cache-control"] == "no-store"
    assert b"Exif" not in shown[0].content
    # Another address tells nothing: neither a seal that is not ours nor the photo of a request that stays here.
    forged = addresses[0][:-1] + ("A" if addresses[0][-1] != "A" else "B")
    assert (await fetched(town, forged)).status_code == 404
    (other,) = await photos(town, citizen, 60)
    await town.submit(citizen, attachments=[other])
    secret = address_of(UUID(other), datetime.now(UTC), town.service.runtime.blind_index)
    assert (await town.client.get(f"/v1/forwarded-photos/{secret}")).status_code == 404


async def test_the_address_ends_after_a_week(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, sends=["photo"])
    (sent,) = await photos(town, citizen, 40)
    await town.filed(citizen, code, attachments=[sent])
    await town.forward()
    for ago, status in ((GOOD_FOR - MINUTE, 200), (GOOD_FOR + MINUTE, 404)):
        secret = address_of(UUID(sent), datetime.now(UTC) - ago, town.service.runtime.blind_index)
        assert (await town.client.get(f"/v1/forwarded-photos/{secret}")).status_code == status


async def test_one_photo_where_no_more_is_taken_and_none_that_is_not_named(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, one, none = town.service.citizen(), await town.kind(), await town.kind()
    await town.body(endpoint, one, sends=["photo"])
    await town.body(endpoint, none, sends=["description"])
    for code in (one, none):
        await town.filed(citizen, code, attachments=await photos(town, citizen, 40, 50))
    assert await town.forward() == 2
    assert sorted(len(form.get("media_url", [])) for form in endpoint.posted) == [0, 1]


async def test_what_agents_do_not_show_is_neither_sent_nor_fetched(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code, agent = town.service.citizen(), await town.kind(), town.service.agent()
    sent = await photos(town, citizen, 40, 50)
    request = await town.filed(citizen, code, attachments=sent)
    await town.body(endpoint, code, sends=["photos"])
    tag = (await town.get(agent, f"/v1/requests/{request['id']}")).headers["etag"]
    headers = agent.headers | {"If-Match": tag, "Idempotency-Key": town.key()}
    await town.client.post(f"/v1/requests/{request['id']}/forwarding", headers=headers)
    await town.forward()
    first, second = endpoint.posted[0]["media_url"]
    decided = await decide(town, request, '"0"', agent, text="Des cartons", photos=[sent[1]])
    assert decided.status_code == 200, decided.text
    assert [(await fetched(town, each)).status_code for each in (first, second)] == [404, 200]


async def test_a_repeated_call_says_what_it_said_before(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, sends=["photos"], idempotent=True)
    endpoint.idempotent = endpoint.breaks_off = True
    await town.filed(citizen, code, attachments=await photos(town, citizen, 40))
    await town.forward()
    endpoint.breaks_off = False
    await town.forward(MINUTE)
    assert len(endpoint.posted) == 2
    assert endpoint.posted[0] == endpoint.posted[1]


async def test_it_waits_an_hour_for_the_antivirus_to_see_its_photos(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, sends=["description", "photo"])
    request = await town.filed(citizen, code, attachments=await photos(town, citizen, 40))
    await town.service.runtime.database.pool.execute("UPDATE attachment SET scan = 'waiting'")
    await town.forward()
    assert endpoint.posted == []
    assert (await town.forwarding(request))["state"] == "waiting"
    await town.forward(timedelta(minutes=61))
    (form,) = endpoint.posted
    assert "media_url" not in form


async def test_what_waits_for_the_antivirus_is_never_seen_as_being_sent(
    town: Forwarded, endpoint: Open311Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: Any, **__: Any) -> None:
        raise ConnectionError

    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, sends=["description", "photo"])
    request = await town.filed(citizen, code, attachments=await photos(town, citizen, 40))
    await town.service.runtime.database.pool.execute("UPDATE attachment SET scan = 'waiting'")
    monkeypatch.setattr("parvis_requests.service.forward_requests._settle", killed)
    await town.forward()
    found = await town.forwarding(request)
    assert (found["state"], found["tries"]) == ("waiting", 0), "no worker that is lost leaves it unsure"
    await withdraw(town, citizen, request)
    await town.forward(timedelta(minutes=61))
    assert (endpoint.posted, (await town.forwarding(request))["state"]) == ([], "given-up")


async def withdraw(town: Forwarded, citizen: Caller, request: dict[str, Any]) -> None:
    tag = (await town.get(citizen, f"/v1/requests/{request['id']}")).headers["etag"]
    gone = await town.act(citizen, request, "withdraw", tag)
    assert gone.status_code == 201, gone.text


async def test_the_body_is_told_that_the_author_took_it_back(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, updates=True)
    request = await town.filed(citizen, code)
    await town.forward()
    await withdraw(town, citizen, request)
    assert await town.send_on() == 1
    assert await town.send_on(timedelta(hours=1)) == 0
    (form,) = endpoint.written
    assert (form["service_request_id"], form["status"]) == (["101"], ["CLOSED"])
    assert form["description"] == [f"{TAKEN_BACK}."]
    assert (await town.said(town.service.agent(), request))[-1] == f"{TAKEN_BACK} : Métropole en est informé."
    assert TAKEN_BACK not in str(await town.said(citizen, request))


async def test_what_has_not_left_does_not_leave(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, updates=True)
    request = await town.filed(citizen, code)
    await withdraw(town, citizen, request)
    assert await town.forward() == 0
    assert await town.send_on() == 0
    assert endpoint.posted == endpoint.written == []
    assert (await town.forwarding(request))["state"] == "given-up"


async def test_agents_are_alerted_where_the_body_takes_no_updates(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    code = await town.kind(routing=[{"team": await team_of(town, agent)}])
    await town.body(endpoint, code)
    request = await town.filed(citizen, code)
    await town.forward()
    assert await alerts(town, request) == []
    await withdraw(town, citizen, request)
    assert await town.send_on() == 0
    assert endpoint.written == []
    assert (await town.said(agent, request))[-1].startswith(f"{TAKEN_BACK} : dites-le à Métropole (101)")
    assert await alerts(town, request) == [("supplemented", agent.subject)]


async def test_a_withdrawal_waits_until_the_body_has_given_a_number(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, updates=True)
    endpoint.gives_tokens, endpoint.ready = True, False
    request = await town.filed(citizen, code)
    await town.forward()
    await withdraw(town, citizen, request)
    assert await town.send_on() == 0
    endpoint.ready = True
    await town.forward(MINUTE)
    assert await town.send_on(MINUTE) == 1
    assert endpoint.written[0]["status"] == ["CLOSED"]


async def write_with(town: Forwarded, caller: Caller, request: dict[str, Any], *sent: str) -> None:
    body = {"visibility": "public", "text": "Voici une photo.", "attachments": list(sent)}
    headers = caller.headers | {"Idempotency-Key": town.key()}
    answer = await town.client.post(f"/v1/requests/{request['id']}/messages", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(("sends", "number"), [("photos", 2), ("photo", 1), ("address", 0)])
async def test_photos_of_later_messages_go_as_those_of_the_request_do(
    town: Forwarded, endpoint: Open311Endpoint, sends: str, number: int
) -> None:
    citizen, code, agent = town.service.citizen(), await town.kind(), town.service.agent()
    await town.body(endpoint, code, sends=["description", sends], updates=True, messages=True)
    request = await town.filed(citizen, code)
    await town.forward()
    sent = await photos(town, citizen, 40, 50)
    await write_with(town, citizen, request, *sent)
    assert await town.send_on() == 1
    addresses = endpoint.written[0].get("media_url", [])
    assert len(addresses) == number
    kept = [await town.get(citizen, f"/v1/attachments/{id_}") for id_ in sent[:number]]
    assert [(await fetched(town, each)).content for each in addresses] == [each.content for each in kept]
    # Once agents have decided what is shown, nothing else is fetched.
    decided = await decide(town, request, '"0"', agent, text="Des cartons", photos=sent[1:])
    assert decided.status_code == 200, decided.text
    assert [(await fetched(town, each)).status_code for each in addresses] == [404, 200][:number]


async def test_what_agents_send_a_person_and_what_no_antivirus_has_seen_stays_here(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, sends=["photos"], updates=True, messages=True)
    request = await town.filed(citizen, code)
    await town.forward()
    (own,) = await photos(town, citizen, 40)
    await write_with(town, citizen, request, own)
    pool, index = town.service.runtime.database.pool, town.service.runtime.blind_index
    await pool.execute("UPDATE attachment SET scan = 'waiting' WHERE id = $1", UUID(own))
    assert await town.send_on() == 0
    assert await town.send_on(timedelta(minutes=61)) == 1
    assert "media_url" not in endpoint.written[0]
    await pool.execute("UPDATE attachment SET scan = 'clean' WHERE id = $1", UUID(own))
    secret = address_of(UUID(own), datetime.now(UTC), index)
    assert (await town.client.get(f"/v1/forwarded-photos/{secret}")).status_code == 200
    await pool.execute("DELETE FROM forwarded_message")
    assert (await town.client.get(f"/v1/forwarded-photos/{secret}")).status_code == 404


async def test_what_waits_for_the_antivirus_holds_up_no_younger_message(
    town: Forwarded, endpoint: Open311Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis_requests.service.forward_messages._BATCH", 1)
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, sends=["photos"], updates=True, messages=True)
    request = await town.filed(citizen, code)
    await town.forward()
    (own,) = await photos(town, citizen, 40)
    await write_with(town, citizen, request, own)
    await town.service.runtime.database.pool.execute("UPDATE attachment SET scan = 'waiting' WHERE id = $1", UUID(own))
    await write_with(town, citizen, request)
    assert [await town.send_on() for _ in range(2)] == [0, 1]
    assert "media_url" not in endpoint.written[0]
