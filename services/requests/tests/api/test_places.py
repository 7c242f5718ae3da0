# SPDX-License-Identifier: EUPL-1.2
"""Agents correct where a request is; its area, its team and the public map follow."""

from typing import Any

import httpx
from conversing import send
from requests_town import TOWN_HALL, Town
from team_calls import team_of

from parvis_testing import Caller

LEFT_BANK = [2.3466, 48.8467]


async def place(
    town: Town,
    agent: Caller,
    request: dict[str, Any],
    tag: str = '"1"',
    at: list[float] | None = LEFT_BANK,
    **more: Any,
) -> httpx.Response:
    body = ({"position": {"type": "Point", "coordinates": at}} if at else {}) | more
    return await town.client.put(
        f"/v1/requests/{request['id']}/place", json=body, headers=agent.headers | {"If-Match": tag}
    )


async def test_area_team_and_map_follow(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen, address="4 rue du Temple")).json()
    assert request["team"] == "proprete-rive-droite"
    answer = await place(town, agent, request, address="12 rue Soufflot")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["team"], shown["area"]["code"]) == ("proprete-rive-gauche", "7510504")
    assert (shown["position"]["coordinates"], shown["address"]) == (LEFT_BANK, "12 rue Soufflot")
    assert (shown["reference"], shown["answers"]) == (request["reference"], request["answers"])
    public = f"/v1/collectivities/paris/public-requests/{request['reference']}"
    assert (await town.client.get(public)).json()["geometry"]["coordinates"] == LEFT_BANK
    acts = (await town.get(citizen, f"/v1/requests/{request['id']}/history")).json()["items"]
    assert [(act["action"]["code"], act["team"] and act["team"]["code"]) for act in acts] == [
        ("submit", None),
        ("change-place", "proprete-rive-gauche"),
    ]
    found = (await town.get(agent, "/v1/work-queue?area=7510504")).json()["items"]
    assert [each["id"] for each in found] == [request["id"]]
    again = await place(town, agent, request, answer.headers["etag"], TOWN_HALL)
    assert (again.json()["team"], again.json()["address"]) == ("proprete-rive-droite", None)


async def test_whoever_has_it_keeps_it_in_the_same_team(town: Town) -> None:
    agent = town.service.agent()
    request = (await town.submit(town.service.citizen())).json()
    await town.act(agent, request, "take", '"1"')
    near = [2.3530, 48.8570]
    assert (await place(town, agent, request, '"2"', near)).json()["assignee"] == agent.subject
    assert (await place(town, agent, request, '"3"')).json()["assignee"] is None


async def test_a_place_is_corrected_by_agents_alone_on_what_they_saw_inside_of_the_town(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    assert (await place(town, citizen, request)).status_code == 403
    assert (await place(town, town.service.agent("lutece"), request)).status_code == 404
    assert (await place(town, agent, request, '"2"')).status_code == 412
    path = f"/v1/requests/{request['id']}/place"
    assert (await town.client.put(path, json={}, headers=agent.headers)).status_code == 428
    outside = await place(town, agent, request, at=[5.37, 43.29])
    assert (outside.status_code, outside.json()["code"]) == (422, "outside-territory")
    assert (await place(town, agent, request, at=None)).json()["code"] == "position-required"
    await town.act(agent, request, "take", '"1"')
    await town.act(agent, request, "resolve", '"2"', reason="C'est fait.")
    version = (await town.get(agent, path.removesuffix("/place"))).headers["etag"]
    assert (await place(town, agent, request, version)).json()["code"] == "transition-not-allowed"


async def test_what_goes_along_goes_to_the_team_and_stays_where_it_is(town: Town) -> None:
    agent = town.service.agent()
    parent, child = [(await town.submit(town.service.citizen())).json() for _ in range(2)]
    path, body = f"/v1/requests/{child['id']}/merge", {"parent": parent["id"]}
    assert (await send(town, agent, path, body, **{"If-Match": '"1"'})).status_code == 201
    version = (await town.get(agent, f"/v1/requests/{parent['id']}")).headers["etag"]
    assert (await place(town, agent, parent, version)).status_code == 200
    answer = await town.get(agent, f"/v1/requests/{child['id']}")
    shown = answer.json()
    assert (shown["team"], shown["position"]["coordinates"]) == ("proprete-rive-gauche", TOWN_HALL)
    assert (await place(town, agent, child, answer.headers["etag"])).json()["code"] == "merged"


async def test_a_type_without_a_place_may_lose_it(town: Town) -> None:
    agent = town.service.agent()
    await town.publish("anywhere", routing=[{"team": await team_of(town, agent)}])
    request = (await town.submit(town.service.citizen(), request_type="anywhere", answers={})).json()
    shown = (await place(town, agent, request, at=None)).json()
    assert (shown["position"], shown["area"], shown["address"]) == (None, None, None)
