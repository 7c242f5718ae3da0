# SPDX-License-Identifier: EUPL-1.2
"""Somebody acts for the author: the request is the author's, and its history says who really acted."""

from typing import Any
from uuid import uuid4

from requests_town import Town

from parvis_testing import Caller


def acting_for(town: Town, person: Caller, actor: str, kind: str, **claims: Any) -> Caller:
    return town.service.citizen(sub=person.subject, act={"sub": actor, "kind": kind}, **claims)


async def history(town: Town, caller: Caller, request: dict[str, Any]) -> list[tuple[Any, ...]]:
    items = (await town.get(caller, f"/v1/requests/{request['id']}/history")).json()["items"]
    return [(item["action"]["code"], item["by"], item["on_behalf"], item["acted_by"]) for item in items]


async def test_what_an_assisting_agent_files_is_the_persons_and_says_so(town: Town) -> None:
    person, clerk = town.service.citizen(), town.service.agent()
    assisted = acting_for(town, person, clerk.subject, "agent")
    request = (await town.submit(assisted)).json()
    assert (await town.get(person, f"/v1/requests/{request['id']}")).status_code == 200
    assert await history(town, person, request) == [("submit", "author", "agent", None)]
    assert await history(town, clerk, request) == [("submit", "author", "agent", clerk.subject)]


async def test_what_a_mandatary_writes_later_says_so_too(town: Town) -> None:
    person, agent, friend = town.service.citizen(), town.service.agent(), str(uuid4())
    request = (await town.submit(person)).json()
    mandatary = acting_for(town, person, friend, "citizen")
    assert (await town.write(mandatary, request, "public", "C'est devant l'école.")).status_code == 201
    assert await history(town, agent, request) == [
        ("submit", "author", None, None),
        ("message", "author", "mandatary", friend),
    ]


async def test_a_service_that_hands_the_call_on_does_not_hide_who_acts(town: Town) -> None:
    person, clerk = town.service.citizen(), town.service.agent()
    chain = {"sub": "parvis-notifications", "act": {"sub": clerk.subject, "kind": "agent"}}
    request = (await town.submit(town.service.citizen(sub=person.subject, act=chain))).json()
    assert await history(town, clerk, request) == [("submit", "author", "agent", clerk.subject)]
    alone = (await town.submit(town.service.citizen(sub=person.subject, act={"sub": "parvis-notifications"}))).json()
    assert await history(town, clerk, alone) == [("submit", "author", None, None)]


async def test_the_actor_reaches_nothing_of_their_own_nor_of_a_third(town: Town) -> None:
    person, friend, third = town.service.citizen(), town.service.citizen(), town.service.citizen()
    mandatary = acting_for(town, person, friend.subject, "citizen")
    for other in (friend, third):
        request = (await town.submit(other)).json()
        assert (await town.get(mandatary, f"/v1/requests/{request['id']}")).status_code == 404


async def test_one_key_of_two_who_act_is_two_calls(town: Town) -> None:
    person, key = town.service.citizen(), str(uuid4())
    answers = [
        await town.submit(acting_for(town, person, str(uuid4()), "citizen"), key=key),
        await town.submit(person, key=key),
    ]
    assert len({answer.json()["id"] for answer in answers}) == 2
