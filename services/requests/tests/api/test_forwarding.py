# SPDX-License-Identifier: EUPL-1.2
"""Requests that another body handles: sent there once, with what their type's rule names."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from forwarding import Forwarded, body_of, forwarded
from open311_client import REPORT, client_of
from open311_endpoint import KEY, Open311Endpoint
from requests_town import TOWN_HALL

from parvis_requests.settings import Settings
from parvis_testing import Harness

HOUR = timedelta(hours=1)


@pytest.fixture
async def town(service: Harness, requests_settings: Settings) -> AsyncIterator[Forwarded]:
    async with forwarded(service, requests_settings) as running:
        yield running


@pytest.mark.parametrize("format_", ["json", "xml"])
async def test_a_request_of_a_chosen_type_is_sent_once_with_what_its_rule_names_alone(
    town: Forwarded, endpoint: Open311Endpoint, format_: str
) -> None:
    citizen, chosen, other = town.service.citizen(), await town.kind(), await town.kind()
    await town.body(endpoint, chosen, format=format_)
    request = await town.filed(citizen, chosen, address="4 place de l'Hôtel de Ville")
    kept = await town.filed(citizen, other)
    assert await town.forward() == 1
    assert await town.forward(HOUR) == 0
    (form,) = endpoint.posted
    assert form == {
        "jurisdiction_id": ["metropole.example"],
        "api_key": [KEY],
        "service_code": ["VOIRIE-7"],
        "description": [f"Des cartons devant le numéro 4\n\n[{request['reference']}]"],
        "lat": [str(TOWN_HALL[1])],
        "long": [str(TOWN_HALL[0])],
        "attribute[COULEUR]": ["red"],
    }
    told = await town.said(citizen, request)
    assert told == ["Votre demande a été transmise à Métropole, qui la suit sous le numéro 101."]
    found = await town.forwarding(request)
    assert (found["state"], found["service_request_id"], found["tries"]) == ("followed", "101", 1)
    assert (await town.get(citizen, f"/v1/requests/{request['id']}/forwarding")).status_code == 403
    agent = town.service.agent()
    assert (await town.get(agent, f"/v1/requests/{kept['id']}/forwarding")).status_code == 404
    listed = (await town.get(agent, "/v1/forwardings?state=followed")).json()["items"]
    assert [item["reference"] for item in listed] == [request["reference"]]


async def test_a_lost_answer_is_looked_for_before_anything_is_sent_again(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    code = await town.kind()
    await town.body(endpoint, code)
    endpoint.breaks_off = True
    request = await town.filed(town.service.citizen(), code)
    await town.forward()
    found = await town.forwarding(request)
    assert (found["state"], found["error"], len(endpoint.requests)) == ("unsure", "broken-off", 1)
    endpoint.breaks_off = False
    await town.forward(2 * HOUR)
    assert (await town.forwarding(request))["service_request_id"] == "101"
    (search,) = [query for method, path, query in endpoint.calls if (method, path) == ("GET", "requests")]
    assert search["service_code"] == "VOIRIE-7"
    assert len(endpoint.posted) == 1


async def test_a_worker_killed_while_it_sends_leaves_nothing_sent_twice(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    code = await town.kind()
    await town.body(endpoint, code)
    request = await town.filed(town.service.citizen(), code)
    endpoint.stalls.clear()
    sending = asyncio.create_task(town.forward())
    assert await asyncio.to_thread(endpoint.reached.wait, 60)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    endpoint.stalls.set()
    # Until its claim has run out nobody else takes it.
    assert await town.forward() == 0
    assert (await town.forwarding(request))["state"] == "sending"
    assert await town.forward(HOUR) == 1
    assert (await town.forwarding(request))["service_request_id"] == "101"
    assert len(endpoint.posted) == 1


async def test_an_endpoint_that_honours_keys_is_sent_it_again_by_the_same_key(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    code = await town.kind()
    await town.body(endpoint, code, idempotent=True)
    endpoint.breaks_off = endpoint.idempotent = endpoint.hides = True
    request = await town.filed(town.service.citizen(), code)
    await town.forward()
    endpoint.breaks_off = False
    await town.forward(HOUR)
    assert (await town.forwarding(request))["service_request_id"] == "101"
    assert (len(endpoint.posted), len(endpoint.requests)) == (2, 1)


async def test_what_is_not_found_an_agent_decides(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code)
    endpoint.breaks_off = endpoint.hides = True
    lost, again = [await town.filed(citizen, code) for _ in range(2)]
    for turn in range(8):  # a body that breaks off rests: one is sent, and looked for, after the other
        await town.forward(turn * 3 * HOUR)
    assert len(endpoint.posted) == 2
    agent = town.service.agent()
    failed = (await town.get(agent, "/v1/forwardings?state=failed")).json()["items"]
    assert {item["error"] for item in failed} == {"unknown-whether-received"}
    assert {item["request"] for item in failed} == {lost["id"], again["id"]}
    assert "vérifiez auprès de l'organisme" in (await town.said(agent, lost))[0]
    assert await town.said(citizen, lost) == []

    version = (await town.forwarding(lost))["version"]
    assert (await town.decide(lost, version + 1, decision="give-up")).status_code == 412
    assert (await town.decide(lost, version, decision="received")).status_code == 422
    noted = await town.decide(lost, version, decision="received", service_request_id="101")
    assert (noted.status_code, noted.json()["state"]) == (200, "followed")
    assert "sous le numéro 101" in (await town.said(citizen, lost))[0]
    assert (await town.decide(lost, version + 1, decision="resend")).json()["code"] == "not-to-decide"

    version = (await town.forwarding(again))["version"]
    twice = await town.decide(again, version, decision="received", service_request_id="101")
    assert (twice.status_code, twice.json()["code"]) == (409, "not-to-decide")
    endpoint.breaks_off = False
    assert (await town.decide(again, version, decision="resend")).json()["state"] == "waiting"
    await town.forward(24 * HOUR)
    assert (await town.forwarding(again))["service_request_id"] == "103"


async def test_a_token_becomes_a_number_in_its_time(town: Forwarded, endpoint: Open311Endpoint) -> None:
    code = await town.kind()
    await town.body(endpoint, code)
    endpoint.gives_tokens, endpoint.ready = True, False
    request = await town.filed(town.service.citizen(), code)
    await town.forward()
    await town.forward(HOUR)
    assert (await town.forwarding(request))["state"] == "accepted"
    endpoint.ready = True
    await town.forward(3 * HOUR)
    assert (await town.forwarding(request))["service_request_id"] == "101"
    assert len(endpoint.posted) == 1
    assert ("GET", "tokens/T-101", {"jurisdiction_id": "metropole.example"}) in endpoint.calls


async def test_a_refusal_is_told_to_the_agents_and_a_busy_body_is_spared(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, agent, code = town.service.citizen(), town.service.agent(), await town.kind()
    body = await town.body(endpoint, code)
    endpoint.says, endpoint.headers = 503, {"Retry-After": "1800"}
    late, later = [await town.filed(citizen, code) for _ in range(2)]
    await town.forward()
    assert len(endpoint.calls) == 1  # the second one is not even tried
    shown = (await town.get(agent, f"/v1/open311-bodies/{body['id']}")).json()
    assert (shown["last_error"], bool(shown["failing_since_at"])) == ("status-503", True)
    assert await town.forward(timedelta(minutes=20)) == 0
    endpoint.says = None
    assert await town.forward(HOUR) == 2
    assert {(await town.forwarding(each))["state"] for each in (late, later)} == {"followed"}
    assert (await town.get(agent, f"/v1/open311-bodies/{body['id']}")).json()["last_error"] is None

    endpoint.says = 400
    refused = await town.filed(citizen, code)
    await town.forward(HOUR)
    found = await town.forwarding(refused)
    assert (found["state"], found["error"]) == ("failed", "status-400")
    assert "attribute[LIEU] is required" in (await town.said(agent, refused))[0]
    assert await town.said(citizen, refused) == []
    gone = await town.decide(refused, found["version"], decision="give-up")
    assert gone.json()["state"] == "given-up"


async def test_what_never_arrives_is_tried_for_three_days(town: Forwarded, endpoint: Open311Endpoint) -> None:
    code = await town.kind()
    answer = await town.add_body({**body_of(endpoint, code), "endpoint": "http://127.0.0.1:9/open311/v2"})
    request = await town.filed(town.service.citizen(), code)
    await town.forward()
    found = await town.forwarding(request)
    assert (found["state"], found["error"]) == ("waiting", "unreachable")
    await town.forward(73 * HOUR)
    assert (await town.forwarding(request))["state"] == "failed"
    assert answer.json()["has_api_key"]
    assert endpoint.calls == []


async def test_nothing_is_sent_into_our_own_network(
    town: Forwarded, endpoint: Open311Endpoint, requests_settings: Settings
) -> None:
    code = await town.kind()
    await town.body(endpoint, code)
    request = await town.filed(town.service.citizen(), code)
    async with forwarded(town.service, requests_settings, open311_allowed_networks="") as strict:
        await strict.forward()
        assert (await strict.forwarding(request))["error"] == "address-refused"
    assert endpoint.calls == []


async def test_what_came_by_open311_goes_on_only_where_the_rule_says_so(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    client, kept, relayed = await client_of(town), await town.kind(), await town.kind()
    contact = ["description", "position", "email"]
    await town.body(endpoint, kept)
    await town.body(endpoint, relayed, relays=True, sends=contact, attributes={})
    left = {name: value for name, value in REPORT.items() if not name.startswith("attribute[")}
    for code in (kept, relayed):
        form = {**left, "api_key": client.key, "service_code": code}
        answer = await town.client.post("/open311/v2/requests.json", data=form)
        assert answer.status_code == 200, answer.text
    await town.rung()
    await town.forward()
    (posted,) = endpoint.posted
    assert posted["email"] == ["amelie@example.org"]
    assert "first_name" not in posted


async def test_what_came_by_open311_is_not_sent_back_by_hand_either(town: Forwarded, endpoint: Open311Endpoint) -> None:
    client, codes = await client_of(town), [await town.kind() for _ in range(2)]
    left = {name: value for name, value in REPORT.items() if not name.startswith("attribute[")}
    asked = [{**left, "api_key": client.key, "service_code": code} for code in codes]
    filed = [(await town.client.post("/open311/v2/requests.json", data=form)).json()[0] for form in asked]
    pool = town.service.runtime.database.pool
    kept, relayed = [
        {"id": await pool.fetchval("SELECT id FROM request WHERE reference = $1", each["service_request_id"])}
        for each in filed
    ]
    for code, relays in zip(codes, (False, True), strict=True):
        await town.body(endpoint, code, relays=relays)
    refused = await by_hand(town, kept)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-to-forward")
    assert (await by_hand(town, relayed)).status_code == 201
    assert await town.forward() == 1


async def by_hand(town: Forwarded, request: dict[str, Any], version: int = 1, **more: Any) -> httpx.Response:
    caller = more.get("caller") or town.service.agent()
    headers = caller.headers | {"If-Match": f'"{version}"', "Idempotency-Key": more.get("key") or town.key()}
    return await town.client.post(f"/v1/requests/{request['id']}/forwarding", headers=headers)


async def test_an_agent_has_sent_what_was_filed_before_the_body_took_its_type(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, agent, code = town.service.citizen(), town.service.agent(), await town.kind()
    early, late = await town.filed(citizen, code), await town.filed(citizen, code)
    assert (await by_hand(town, early)).json()["code"] == "not-to-forward"  # nobody handles it yet
    await town.body(endpoint, code)
    assert await town.forward() == 0
    assert (await by_hand(town, early, 2)).status_code == 412
    assert (await by_hand(town, early, caller=citizen)).status_code == 403
    assert (await by_hand(town, early, caller=town.service.agent("lutece"))).status_code == 404
    begun = await by_hand(town, early, caller=agent, key="forward-once")
    assert (begun.status_code, begun.json()["state"], begun.headers["etag"]) == (201, "waiting", '"1"')
    again = await by_hand(town, early, caller=agent, key="forward-once")
    assert (again.json(), again.headers["idempotency-replayed"]) == (begun.json(), "true")
    assert await town.forward() == 1
    found = await town.forwarding(early)
    assert (found["state"], found["service_request_id"]) == ("followed", "101")
    assert "Un agent a demandé la transmission à Métropole." in await town.said(agent, early)
    assert "Un agent a demandé la transmission à Métropole." not in await town.said(citizen, early)
    seen = (await town.get(agent, f"/v1/requests/{early['id']}")).json()["version"]
    assert (await by_hand(town, early, seen)).json()["code"] == "not-to-forward"  # it is there
    await town.act(citizen, late, "withdraw", '"1"')
    assert (await by_hand(town, late, 2)).json()["code"] == "not-to-forward"  # it has ended
    assert len(endpoint.posted) == 1
