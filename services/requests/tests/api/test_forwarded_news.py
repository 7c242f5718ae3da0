# SPDX-License-Identifier: EUPL-1.2
"""What becomes of requests at the body that handles them, and what their authors write meanwhile."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from forwarding import Forwarded, forwarded
from open311_endpoint import Open311Endpoint
from received import Post, file, message

from parvis_requests.domain.open311 import w3c_instant
from parvis_requests.settings import Settings
from parvis_testing import Harness

HOUR = timedelta(hours=1)


@pytest.fixture
async def town(service: Harness, requests_settings: Settings) -> AsyncIterator[Forwarded]:
    async with forwarded(service, requests_settings) as running:
        yield running


async def test_updates_are_told_once_and_end_the_request(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, updates=True)
    request = await town.filed(citizen, code)
    await town.forward()
    at = w3c_instant(datetime.now(UTC))
    endpoint.update("u1", "101", "INVESTIGATING", at)
    endpoint.update("u2", "101", "investigating", at, "Un agent passe <demain> &c.")
    endpoint.update("u3", "999", "fixed", at)
    assert await town.follow_up(HOUR) == 2
    assert await town.follow_up(2 * HOUR) == 0
    assert (await town.said(citizen, request))[1:] == [
        "Métropole : demande à l'étude.", "Métropole : Un agent passe <demain> &c.",
    ]  # fmt: skip
    assert await town.status_of(citizen, request) == "filed"
    endpoint.update("u4", "101", "fixed", w3c_instant(datetime.now(UTC) + 2 * HOUR), "C'est fait.")
    assert await town.follow_up(3 * HOUR) == 1
    assert (await town.said(citizen, request))[-1] == "Métropole : demande résolue. C'est fait."
    assert await town.status_of(citizen, request) == "done"
    assert (await town.forwarding(request))["state"] == "ended"
    english = await town.get(citizen, f"/v1/requests/{request['id']}/messages", **{"Accept-Language": "en"})
    assert english.json()["items"][0]["text"] == "Métropole (en): request fixed. C'est fait."


async def test_more_updates_than_are_given_at_once_are_asked_for_in_shorter_times(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, updates=True)
    request = await town.filed(citizen, code)
    await town.forward()
    for hour in range(1, 9):
        endpoint.update(f"u{hour}", "101", "open", w3c_instant(datetime.now(UTC) + hour * HOUR), f"Passage {hour}")
    endpoint.at_most = 3
    assert await town.follow_up(10 * HOUR) == 8
    assert (await town.said(citizen, request))[1:] == [f"Métropole : Passage {hour}" for hour in range(1, 9)]


async def test_without_the_extension_the_states_are_asked_for(town: Forwarded, endpoint: Open311Endpoint) -> None:
    citizen, code = town.service.citizen(), await town.kind()
    await town.body(endpoint, code, format="xml")
    first, second = [await town.filed(citizen, code) for _ in range(2)]
    await town.forward()
    assert await town.follow_up(HOUR) == 0
    numbers = [(await town.forwarding(each))["service_request_id"] for each in (first, second)]
    endpoint.state(numbers[0], "closed", "Réparé le 3")
    assert await town.follow_up(2 * HOUR) == 1
    assert await town.follow_up(3 * HOUR) == 0
    assert (await town.said(citizen, first))[-1] == "Métropole : demande close. Réparé le 3"
    assert (await town.status_of(citizen, first), await town.status_of(citizen, second)) == ("done", "filed")
    asked = [
        query["service_request_id"] for method, path, query in endpoint.calls if (method, path) == ("GET", "requests")
    ]
    assert sorted(asked[0].split(",")) == sorted(numbers)
    assert asked[-1] == numbers[1]  # what has ended there is asked for no more


async def test_what_the_author_writes_goes_on_and_comes_back_no_more(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, agent, code = town.service.citizen(), town.service.agent(), await town.kind()
    await town.body(endpoint, code, updates=True, messages=True)
    request = await town.filed(citizen, code)
    await town.write(citizen, request, "public", "Le tas a doublé")  # before anybody knows it there
    assert await town.send_on() == 0
    await town.forward()
    endpoint.breaks_off = True
    assert await town.send_on() == 0
    endpoint.breaks_off = False
    await town.send_on(HOUR)  # it had arrived: the body says that it has it
    (form,) = endpoint.written
    assert (form["description"], form["service_request_id"], form["status"]) == (["Le tas a doublé"], ["101"], ["OPEN"])
    assert not {"email", "first_name", "last_name", "phone"} & form.keys()
    await town.write(citizen, request, "public", "Et encore")
    await town.write(agent, request, "internal", "Entre nous")
    await town.write(agent, request, "public", "Nous suivons")
    assert await town.send_on(2 * HOUR) == 1
    assert [each["description"] for each in endpoint.written] == [["Le tas a doublé"], ["Et encore"]]
    endpoint.update("theirs-2", "101", "in_progress", w3c_instant(datetime.now(UTC)), "Et encore")
    assert await town.follow_up(3 * HOUR) == 0


async def test_of_a_mail_the_body_gets_the_words_alone_and_nothing_that_an_agent_took_over(
    town: Forwarded, endpoint: Open311Endpoint
) -> None:
    citizen, agent, code, post = town.service.citizen(), town.service.agent(), await town.kind(), Post(town)
    await town.body(endpoint, code, updates=True, messages=True)
    request = await town.filed(citizen, code)
    await town.forward()
    await post.comes(post.reply(request, citizen, files=(file("virus.exe", b"MZ\x90\x00"),)))
    await post.comes(message(held="direct"))
    assert await post.take() == 2
    (contact,) = (await town.get(agent, "/v1/incoming-contacts")).json()["items"]
    linked = await post.act(agent, contact, "links", request_id=request["id"], visibility="public")
    assert linked.status_code == 201, linked.text
    await town.send_on()
    (form,) = endpoint.written
    # Neither what somebody calls their files.
    assert form["description"] == ["Demain à 9 h."]
