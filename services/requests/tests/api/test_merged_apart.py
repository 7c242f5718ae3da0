# SPDX-License-Identifier: EUPL-1.2
"""What goes along with another request, and must not share its fate, goes its own way again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from public_doors import decide
from requests_town import STUDIED, Town
from team_calls import alerts, new_code, team_of
from workflows import state, transition

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

TAKEN = {
    "initial": "submitted",
    "states": [state("submitted"), state("taken"), state("dropped", final=True)],
    "transitions": [
        transition("take", ["submitted"], "taken", effects=[{"kind": "assign", "to": "actor"}]),
        transition("withdraw", ["submitted", "taken"], "dropped", "author"),
    ],
}
APART = "Votre demande est de nouveau suivie à part."


async def merge(town: Town, agent: Caller, child: dict[str, Any], parent: dict[str, Any], tag: str = '"1"') -> None:
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    joined = await town.client.post(f"/v1/requests/{child['id']}/merge", json={"parent": parent["id"]}, headers=headers)
    assert joined.status_code == 201, joined.text


async def act(town: Town, caller: Caller, request: dict[str, Any], action: str, **more: Any) -> httpx.Response:
    tag = (await town.get(caller, f"/v1/requests/{request['id']}")).headers["etag"]
    return await town.act(caller, request, action, tag, **more)


async def status(town: Town, caller: Caller, request: dict[str, Any]) -> str:
    return str((await town.get(caller, f"/v1/requests/{request['id']}")).json()["status"]["code"])


async def words(town: Town, caller: Caller, request: dict[str, Any]) -> list[tuple[str, str]]:
    answer = await town.get(caller, f"/v1/requests/{request['id']}/messages")
    return [(item["by"], item["text"]) for item in answer.json()["items"]]


async def test_who_withdraws_takes_along_their_own_requests_and_nobody_elses(town: Town) -> None:
    agent, author, other = town.service.agent(), town.service.citizen(), town.service.citizen()
    parent, own = [(await town.submit(author, request_type=STUDIED)).json() for _ in range(2)]
    theirs = (await town.submit(other, request_type=STUDIED)).json()
    for child in (own, theirs):
        await merge(town, agent, child, parent)
    await act(town, agent, parent, "study")
    withdrawn = await act(town, author, parent, "withdraw", reason="Mon voisin Zyzomys s'en est occupé.")
    assert withdrawn.status_code == 201, withdrawn.text
    assert [await status(town, agent, each) for each in (parent, own, theirs)] == ["dropped", "dropped", "studied"]
    said = await words(town, other, theirs)
    assert said[0] == ("system", APART)
    assert not any("Zyzomys" in text for _, text in said)
    acts = (await town.get(other, f"/v1/requests/{theirs['id']}/history")).json()["items"]
    assert [(each["action"]["code"], each["by"]) for each in acts[-2:]] == [
        ("unmerge", "system"),
        ("reply", "system"),
    ]
    assert (await town.get(agent, f"/v1/requests/{theirs['id']}/merges")).json()["parent"] is None
    # It is an agent's to act on again.
    assert (await act(town, agent, theirs, "ask", reason="Une photo, s'il vous plaît.")).status_code == 201
    assert await status(town, agent, parent) == "dropped"


async def apart(town: Town, agent: Caller, request: dict[str, Any]) -> None:
    tag = (await town.get(agent, f"/v1/requests/{request['id']}")).headers["etag"]
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    answer = await town.client.post(f"/v1/requests/{request['id']}/unmerge", headers=headers)
    assert answer.status_code == 201, answer.text


async def filed(town: Town, author: Caller, code: str) -> httpx.Response:
    return await town.submit(author, request_type=code, answers={}, position=None)


async def test_who_has_one_in_hand_is_alerted_to_what_others_make_of_it(town: Town) -> None:
    agent, colleague, author = town.service.agent(), town.service.agent(), town.service.citizen()
    code = new_code()
    await town.publish(code, routing=[{"team": await team_of(town, agent, colleague)}], workflow=TAKEN)
    authors = (author, town.service.citizen(), town.service.citizen())
    parent, theirs, untaken = [(await filed(town, each, code)).json() for each in authors]
    await act(town, agent, parent, "take")
    await act(town, colleague, theirs, "take")
    await merge(town, agent, untaken, parent)
    await merge(town, agent, theirs, parent, '"2"')
    assert await alerts(town, theirs) == [("merged", colleague.subject)]
    # Who does it themselves knows it.
    await apart(town, colleague, theirs)
    tag = (await town.get(agent, f"/v1/requests/{theirs['id']}")).headers["etag"]
    await merge(town, colleague, theirs, parent, tag)
    assert len(await alerts(town, theirs)) == 1
    await apart(town, agent, theirs)
    tag = (await town.get(agent, f"/v1/requests/{theirs['id']}")).headers["etag"]
    await merge(town, colleague, theirs, parent, tag)
    assert (await act(town, author, parent, "withdraw")).status_code == 201
    assert await alerts(town, theirs) == [(alert, colleague.subject) for alert in ("merged", "parted", "parted")]
    assert (await alerts(town, untaken), await alerts(town, parent)) == ([], [])


async def test_what_the_author_completes_moves_the_others_without_their_words(town: Town) -> None:
    agent, author, other = town.service.agent(), town.service.citizen(), town.service.citizen()
    parent = (await town.submit(author, request_type=STUDIED)).json()
    theirs = (await town.submit(other, request_type=STUDIED)).json()
    await merge(town, agent, theirs, parent)
    await act(town, agent, parent, "study")
    await act(town, agent, parent, "ask", reason="Une photo, s'il vous plaît.")
    completed = await act(town, author, parent, "complete", reason="La voici : Zyzomys.")
    assert completed.status_code == 201, completed.text
    assert await status(town, other, theirs) == "studied"
    assert not any("Zyzomys" in text for _, text in await words(town, other, theirs))
    last = (await town.get(other, f"/v1/requests/{theirs['id']}/history")).json()["items"][-1]
    assert (last["action"]["code"], last["by"]) == ("complete", "system")


async def test_what_one_author_lets_pass_ends_nobody_elses(town: Town) -> None:
    agent, author, other = town.service.agent(), town.service.citizen(), town.service.citizen()
    parent, own = [(await town.submit(author, request_type=STUDIED)).json() for _ in range(2)]
    theirs = (await town.submit(other, request_type=STUDIED)).json()
    for child in (own, theirs):
        await merge(town, agent, child, parent)
    await act(town, agent, parent, "study")
    await act(town, agent, parent, "ask", reason="Une photo, s'il vous plaît.")
    runtime = town.service.runtime
    catalogues = Catalogues(runtime.database, 10)
    later = datetime.now(UTC) + timedelta(days=32)
    assert await ring_timers(runtime.database, catalogues, runtime.persons, later) == 1
    assert [await status(town, agent, each) for each in (parent, own, theirs)] == ["dropped", "dropped", "waiting"]
    assert (await words(town, other, theirs))[0] == ("system", APART)
    # From here on its own time counts.
    assert await ring_timers(runtime.database, catalogues, runtime.persons, later + timedelta(days=29)) == 0
    assert await ring_timers(runtime.database, catalogues, runtime.persons, later + timedelta(days=32)) == 1
    assert await status(town, agent, theirs) == "dropped"


async def test_an_agent_who_completes_a_file_does_not_move_what_goes_along(town: Town) -> None:
    agent, author = town.service.agent(), town.service.citizen()
    parent, child = [(await town.submit(author, request_type=STUDIED)).json() for _ in range(2)]
    await merge(town, agent, child, parent)
    await act(town, agent, parent, "study")
    await act(town, agent, parent, "ask", reason="Une photo, s'il vous plaît.")
    headers = agent.headers | {"Idempotency-Key": town.key()}
    path, body = f"/v1/requests/{child['id']}/documents", {"documents": {"plan": [child["id"]]}, "action": "complete"}
    refused = await town.client.post(path, json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "merged"), refused.text
    assert [await status(town, agent, each) for each in (parent, child)] == ["waiting", "waiting"]


async def test_what_is_opened_again_is_for_the_agents_to_act_on(town: Town) -> None:
    agent, author = town.service.agent(), town.service.citizen()
    parent, child = (await town.submit(town.service.citizen())).json(), (await town.submit(author)).json()
    await merge(town, agent, child, parent)
    await act(town, agent, parent, "take")
    await act(town, agent, parent, "resolve")
    tag = (await town.get(author, f"/v1/requests/{child['id']}")).headers["etag"]
    headers = author.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    body = {"reason": "Les cartons sont toujours là."}
    again = await town.client.post(f"/v1/requests/{child['id']}/reopening", json=body, headers=headers)
    assert again.status_code == 201, again.text
    acts = (await town.get(author, f"/v1/requests/{child['id']}/history")).json()["items"]
    assert [each["action"]["code"] for each in acts[-4:]] == ["unmerge", "reply", "reopen", "message"]
    assert ("system", APART) in await words(town, author, child)
    assert (await act(town, agent, child, "resolve")).status_code == 201
    assert [await status(town, agent, each) for each in (parent, child)] == ["resolved", "resolved"]


async def test_who_opens_the_request_that_others_go_along_with_opens_theirs_not(town: Town) -> None:
    agent, author, other = town.service.agent(), town.service.citizen(), town.service.citizen()
    parent, child = (await town.submit(author)).json(), (await town.submit(other)).json()
    await merge(town, agent, child, parent)
    await act(town, agent, parent, "take")
    await act(town, agent, parent, "resolve")
    tag = (await town.get(author, f"/v1/requests/{parent['id']}")).headers["etag"]
    headers = author.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    again = await town.client.post(f"/v1/requests/{parent['id']}/reopening", json={"reason": "Non."}, headers=headers)
    assert again.status_code == 201, again.text
    assert await status(town, other, child) == "resolved"


async def test_followers_are_told_nothing_of_what_is_hidden(town: Town) -> None:
    agent, follower = town.service.agent(), town.service.citizen()
    request = (await town.submit(town.service.citizen())).json()
    await town.follow(follower, request)
    await act(town, agent, request, "take")
    assert (await decide(town, request, '"0"', hidden=True, reason="Nomme un voisin.")).status_code == 200
    await act(town, agent, request, "resolve")
    assert (await decide(town, request, '"1"', text="Des cartons")).status_code == 200
    told = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.followed-request-moved.v1' ORDER BY sequence"
    )
    assert [json.loads(row["data"])["status"] for row in told] == ["taken"]
