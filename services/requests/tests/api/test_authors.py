# SPDX-License-Identifier: EUPL-1.2
"""Agents learn who filed with an account, from identity at that moment, and each look is recorded."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from agendas import Agendas, at
from certifiers import HOLDER, Certified
from requests_town import TOWN_HALL
from starlette.responses import JSONResponse, Response

from parvis_requests.outgoing.people import People
from parvis_requests.service.follow_merge import follow_merge
from parvis_testing import Caller

NOT_READERS = "requests.requests.read requests.requests.write requests.appointments.read"


async def filed(certified: Certified, caller: Caller) -> str:
    answer = await certified.town.submit(caller)
    assert answer.status_code == 201, answer.text
    return f"/v1/requests/{answer.json()['id']}/author"


async def looks(certified: Certified, of: str = "data-accessed") -> list[dict[str, Any]]:
    seen = "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.' || $1 || '.v1' ORDER BY id"
    return [json.loads(row["data"]) for row in await certified.pool.fetch(seen, of)]


async def test_an_agent_learns_who_filed_and_the_look_is_recorded(
    certified: Certified, capsys: pytest.CaptureFixture[str]
) -> None:
    service = certified.town.service
    citizen, agent = certified.account(service.citizen()), service.agent()
    path = await filed(certified, citizen)
    answer = await certified.town.get(agent, path)
    assert answer.json() == {
        "known": "account",
        "holder": {"person": citizen.subject, **HOLDER},
        "on_behalf": None,
        "mandatary": None,
    }
    assert answer.headers["cache-control"] == "no-store"
    (look,) = await looks(certified)
    assert (look["person"], look["agent"]) == (citizen.subject, agent.subject)
    assert look["request_id"] == path.split("/")[3]
    logs = capsys.readouterr()
    assert [each for each in ("DURAND", "amelie@", "3 rue Haute") if each in logs.out + logs.err] == []


async def test_nobody_else_learns_it(certified: Certified) -> None:
    service = certified.town.service
    citizen = certified.account(service.citizen())
    path = await filed(certified, citizen)
    assert (await certified.town.get(citizen, path)).status_code == 403, "it is for agents"
    assert (await certified.town.get(service.agent(scope=NOT_READERS), path)).status_code == 403
    assert (await certified.town.get(service.agent("lutece"), path)).status_code == 404
    assert certified.asked.read == []
    assert await looks(certified) == []


async def taken_down(certified: Certified, agent: Caller, **contact: str) -> str:
    """A request of somebody without an account, who called."""
    body = {
        "request_type": "cartons",
        "description": "Des cartons",
        "answers": {"blocks_pavement": True, "quantity": 3},
    }
    body |= {"position": {"type": "Point", "coordinates": TOWN_HALL}, "channel": "phone", "contact": contact}
    headers = agent.headers | {"Idempotency-Key": certified.town.key()}
    answer = await certified.town.client.post("/v1/requests-on-behalf", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return f"/v1/requests/{answer.json()['id']}"


async def test_of_who_has_no_account_it_says_that_they_left_a_contact(certified: Certified) -> None:
    town, agent = certified.town, certified.town.service.agent()
    path = await taken_down(certified, agent, first_name="Odette", email="odette@example.org")
    said = (await town.get(agent, f"{path}/author")).json()
    assert said == {"known": "contact", "holder": None, "on_behalf": None, "mandatary": None}
    assert (await town.get(agent, f"{path}/contact")).json()["first_name"] == "Odette"
    assert certified.asked.read == [], "identity does not know them"


async def test_who_has_erased_their_account_is_known_nowhere_and_no_look_is_recorded(certified: Certified) -> None:
    path = await filed(certified, certified.town.service.citizen())
    said = (await certified.town.get(certified.town.service.agent(), path)).json()
    assert (said["known"], said["holder"]) == ("nowhere", None)
    assert await looks(certified) == []


async def test_after_a_merge_it_is_the_account_that_is_left(certified: Certified) -> None:
    service = certified.town.service
    gone, kept = service.citizen(), certified.account(service.citizen())
    path = await filed(certified, gone)
    async with service.runtime.database.unit_of_work() as uow:
        persons, when = service.runtime.persons, datetime.now(UTC)
        await follow_merge(uow.session, persons, gone.person, kept.person, "paris", when)
        await uow.commit()
    assert (await certified.town.get(service.agent(), path)).json()["holder"]["person"] == kept.subject
    assert [look["person"] for look in await looks(certified)] == [kept.subject]


@pytest.mark.parametrize("what", ["author", "names", "person"])
async def test_of_who_became_another_while_identity_was_asked_the_look_names_who_is_left(
    certified: Certified, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    service, agendas = certified.town.service, Agendas(certified.town)
    absorbed, kept = certified.account(service.citizen()), service.citizen()
    path = await filed(certified, absorbed)
    if what == "names":
        path = f"/v1/request-authors?request_id={path.split('/')[3]}"
    if what == "person":
        await agendas.counter()
        path = f"/v1/appointments/{(await agendas.book(absorbed, at('09:00'))).json()['id']}/person"
    method = "names" if what == "names" else "particulars"
    ask = getattr(People, method)

    async def merging(*asked: Any) -> Any:
        said, runtime = await ask(*asked), service.runtime
        async with runtime.database.unit_of_work() as uow:
            await follow_merge(uow.session, runtime.persons, absorbed.person, kept.person, "paris", datetime.now(UTC))
            await uow.commit()
        return said

    monkeypatch.setattr(People, method, merging)
    assert (await certified.town.get(service.agent(), path)).status_code == 200
    told = await looks(certified, "appointment-accessed" if what == "person" else "data-accessed")
    assert [look["person"] for look in told] == [kept.subject]


async def test_it_says_who_filed_for_them(certified: Certified) -> None:
    service, agent = certified.town.service, certified.town.service.agent()
    person, friend = certified.account(service.citizen()), certified.account(service.citizen(), given_name="Bruno")
    by_friend = service.citizen(sub=person.subject, act={"sub": friend.subject, "kind": "citizen"})
    said = (await certified.town.get(agent, await filed(certified, by_friend))).json()
    assert (said["holder"]["given_name"], said["on_behalf"]) == ("Amélie", "mandatary")
    assert (said["mandatary"]["person"], said["mandatary"]["given_name"]) == (friend.subject, "Bruno")
    by_clerk = service.citizen(sub=person.subject, act={"sub": agent.subject, "kind": "agent"})
    said = (await certified.town.get(agent, await filed(certified, by_clerk))).json()
    assert (said["on_behalf"], said["mandatary"]) == ("agent", None)


async def test_the_mandatary_is_told_where_who_gave_the_mandate_was_erased_and_the_look_is_recorded(
    certified: Certified,
) -> None:
    service, agent = certified.town.service, certified.town.service.agent()
    erased, friend = service.citizen(), certified.account(service.citizen(), given_name="Bruno")
    by_friend = service.citizen(sub=erased.subject, act={"sub": friend.subject, "kind": "citizen"})
    said = (await certified.town.get(agent, await filed(certified, by_friend))).json()
    assert (said["known"], said["holder"], said["mandatary"]["given_name"]) == ("nowhere", None, "Bruno")
    assert [look["agent"] for look in await looks(certified)] == [agent.subject]


async def test_who_filed_and_for_whom_are_asked_for_at_once(certified: Certified) -> None:
    service = certified.town.service
    person, friend = certified.account(service.citizen()), certified.account(service.citizen())
    by_friend = service.citizen(sub=person.subject, act={"sub": friend.subject, "kind": "citizen"})
    path = await filed(certified, by_friend)
    certified.asked.together = asyncio.Barrier(2)
    assert (await certified.town.get(service.agent(), path)).status_code == 200, "one waited for the other"


async def test_a_child_is_told_with_the_parent_through_whom_it_is_reached(certified: Certified) -> None:
    reached = {name: HOLDER[name] for name in ("language", "email", "email_verified", "phone", "phone_verified")}
    parent = {"given_name": "Angela", "family_name": "DUBOIS", **reached}
    child = certified.account(certified.town.service.citizen(), given_name="Lou", email=None, parent=parent)
    said = (await certified.town.get(certified.town.service.agent(), await filed(certified, child))).json()
    assert (said["holder"]["given_name"], said["holder"]["parent"]) == ("Lou", parent)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        Response(status_code=500),
        JSONResponse({"person": "x"}),
        Response("<html>"),
        Response(status_code=404),
        Response(status_code=410),
        JSONResponse({"code": "not-found"}, status_code=404),
        JSONResponse([], status_code=404),
        JSONResponse(None),
    ],
)
async def test_while_identity_does_not_answer_as_agreed_it_is_said_when_to_ask_again(
    certified: Certified, wrong: Response | None
) -> None:
    service = certified.town.service
    path = await filed(certified, certified.account(service.citizen()))
    certified.asked.identity_down = wrong is None
    certified.asked.wrong += [wrong] if wrong else []
    answer = await certified.town.get(service.agent(), path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"
    assert await looks(certified) == []
    certified.asked.identity_down = False
    assert (await certified.town.get(service.agent(), path)).status_code == 200


async def test_the_counter_learns_whose_appointment_it_is(certified: Certified) -> None:
    agendas, service = Agendas(certified.town), certified.town.service
    await agendas.counter()
    citizen, agent = certified.account(service.citizen()), service.agent()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    path = f"/v1/appointments/{booked['id']}/person"
    said = (await certified.town.get(agent, path)).json()
    assert (said["known"], said["holder"]["family_name"]) == ("account", "DURAND")
    (look,) = await looks(certified, "appointment-accessed")
    assert (look["appointment_id"], UUID(look["person"]), look["agent"]) == (
        booked["id"],
        citizen.person,
        agent.subject,
    )
    assert (await certified.town.get(citizen, path)).status_code == 403
    assert (await certified.town.get(service.agent("lutece"), path)).status_code == 404


async def test_a_page_of_the_queue_has_names_by_one_question_and_each_is_recorded(certified: Certified) -> None:
    service, agent = certified.town.service, certified.town.service.agent()
    amelie = certified.account(service.citizen())
    paths = [await filed(certified, amelie), await filed(certified, service.citizen())]
    paths += [await taken_down(certified, agent, first_name="Odette"), await taken_down(certified, agent)]
    ids = [path.split("/")[3] for path in (*paths, paths[0])]
    query = "/v1/request-authors?" + "&".join(f"request_id={each}" for each in [*ids, amelie.subject])
    answer = await certified.town.get(agent, query)
    assert [(each["request_id"], each["known"], each["name"]) for each in answer.json()["items"]] == [
        (ids[0], "account", "Amélie DURAND"),
        (ids[1], "nowhere", None),
        (ids[2], "contact", "Odette"),
        (ids[3], "contact", None),
    ]
    assert answer.headers["cache-control"] == "no-store"
    assert len(certified.asked.read) == 2, "whoever has no account is not asked for"
    assert {look["request_id"] for look in await looks(certified)} == {ids[0], ids[2]}
    assert (await certified.town.get(service.agent("lutece"), query)).json() == {"items": []}
    assert (await certified.town.get(service.agent(scope=NOT_READERS), query)).status_code == 403
    assert (await certified.town.get(amelie, query)).status_code == 403
    assert len(await looks(certified)) == 2


async def test_while_identity_is_away_the_queue_answers_and_the_names_do_not(certified: Certified) -> None:
    service, agent = certified.town.service, certified.town.service.agent()
    path = await filed(certified, certified.account(service.citizen()))
    certified.asked.identity_down = True
    query = f"/v1/request-authors?request_id={path.split('/')[3]}"
    answer = await certified.town.get(agent, query)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await certified.town.get(agent, "/v1/work-queue")).status_code == 200
    assert await looks(certified) == []
    many = "&".join(f"request_id={service.citizen().subject}" for _ in range(51))
    assert (await certified.town.get(agent, f"/v1/request-authors?{many}")).status_code == 422
