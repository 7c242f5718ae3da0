# SPDX-License-Identifier: EUPL-1.2
"""Proposals that are made within a process: its phases and its audience hold for them, and they are read by pages."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
from comment_town import Thread
from identity_rolls import Identity
from participation_town import Town
from process_town import LIST as PROCESSES
from process_town import join, phase, post, process_body, published
from proposal_town import LIST, edit, propose, support, verified, withdraw

from parvis_testing import Caller

ALL = ("submit-proposal", "support-proposal", "amend-proposal", "comment")
_keys = itertools.count()


def code(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, None if answer.is_success else answer.json()["code"]


async def amend(town: Town, who: Caller, proposal: dict[str, Any]) -> httpx.Response:
    body = {"title": "Des bancs", "description": "À l'ombre.", "reasons": "Il fait chaud."}
    headers = who.headers | {"If-Match": f'"{proposal["version"]}"', "Idempotency-Key": f"amend-{next(_keys)}"}
    return await town.client.post(f"/v1/proposals/{proposal['id']}/amendments", json=body, headers=headers)


async def publish(town: Town, who: Caller, draft: dict[str, Any]) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{draft["version"]}"', "Idempotency-Key": f"publication-{next(_keys)}"}
    path = f"/v1/proposals/{draft['id']}/transitions"
    return await town.client.post(path, json={"action": "publish"}, headers=headers)


async def move(town: Town, process: dict[str, Any], *phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Have the process have other phases."""
    headers = town.service.agent().headers | {"If-Match": f'"{process["version"]}"'}
    body = process_body(*phases, **changes)
    changed = await town.client.put(f"/v1/processes/{process['id']}", json=body, headers=headers)
    assert changed.status_code == 200, changed.text
    found: dict[str, Any] = changed.json()
    return found


async def within(town: Town, process: dict[str, Any], who: Caller | None = None, **changes: Any) -> httpx.Response:
    return await propose(town, who or town.service.citizen(), process_id=process["id"], **changes)


async def test_each_phase_of_a_process_says_what_people_do_with_its_proposals(town: Town) -> None:
    process, author = await published(town, phase("all", -1, *ALL)), town.service.citizen()
    made = await within(town, process, author)
    assert made.status_code == 201, made.text
    proposal = made.json()
    assert proposal["process_id"] == process["id"]
    acts: Mapping[str, Callable[[], Awaitable[httpx.Response]]] = {
        "submit-proposal": lambda: within(town, process),
        "support-proposal": lambda: support(town, verified(town), proposal),
        "amend-proposal": lambda: amend(town, town.service.citizen(), proposal),
        "comment": lambda: Thread(town.service, "proposal", proposal).write(town.service.citizen()),
    }
    for allowed in acts:
        process = await move(town, process, phase("one", -1, allowed), phase("later", 1, *ALL))
        for name, act in acts.items():
            wanted = None if name == allowed else "not-in-this-phase"
            assert code(await act())[1] == wanted, f"{name} while {allowed} is allowed"
    process = await move(town, process, phase("soon", 1, *ALL))
    for name, act in acts.items():
        assert code(await act()) == (409, "not-in-this-phase"), f"{name} before the first phase"


async def test_what_is_ones_own_is_changed_and_taken_back_in_every_phase(town: Town) -> None:
    process = await published(town, phase("all", -1, *ALL))
    author, friend = town.service.citizen(), verified(town)
    proposal = (await within(town, process, author)).json()
    assert (await support(town, friend, proposal)).status_code == 200
    await move(town, process, phase("none", -1))
    changed = await edit(town, author, proposal, title="Trois bancs")
    assert (changed.status_code, changed.json()["process_id"]) == (200, process["id"])
    assert (await support(town, friend, proposal, supporting=False)).json()["supports"] == 0
    assert (await withdraw(town, author, changed.json())).status_code == 204
    left = (await town.client.get(f"{LIST}/{proposal['id']}")).json()
    assert (left["title"], left["process_id"]) == (None, process["id"])


async def test_a_draft_is_written_before_its_phase_and_published_in_it(town: Town) -> None:
    soon, author = phase("soon", 1, "submit-proposal"), town.service.citizen()
    process = await published(town, soon)
    begun = await within(town, process, author, draft=True)
    assert begun.status_code == 201, begun.text
    draft = begun.json()
    assert code(await publish(town, author, draft)) == (409, "not-in-this-phase")
    assert (await town.client.get(LIST, params={"process_id": process["id"]})).json()["items"] == []
    await move(town, process, phase("now", -1, "submit-proposal"))
    done = await publish(town, author, draft)
    assert (done.status_code, done.json()["process_id"]) == (201, process["id"])
    listed = (await town.client.get(LIST, params={"process_id": process["id"]})).json()["items"]
    assert [each["id"] for each in listed] == [draft["id"]]


async def test_people_propose_within_what_they_see_of_their_town(town: Town) -> None:
    agent = town.service.agent()
    hidden = await published(town, phase("all", -1, *ALL), visible_to="agents")
    draft = (await post(town, agent, "", process_body(phase("all", -1, *ALL)))).json()
    for process in (hidden, draft, {"id": str(uuid4())}):
        for kept in (False, True):
            assert code(await within(town, process, draft=kept)) == (404, "not-found")
    signed_in = await published(town, phase("all", -1, *ALL), visible_to="accounts")
    assert (await within(town, signed_in)).status_code == 201
    elsewhere = town.service.citizen("lutece")
    assert code(await within(town, signed_in, elsewhere)) == (404, "not-found")
    # Open data is for everybody.
    alone, shown = await propose(town, town.service.citizen()), await published(town, phase("all", -1, *ALL))
    open_ = {(await within(town, shown)).json()["id"], alone.json()["id"]}
    items = (await town.client.get("/v1/collectivities/paris/open-data/proposals.json")).json()["items"]
    assert {each["id"] for each in items} == open_


async def test_proposals_are_of_those_for_whom_their_process_is(town: Town, identity: Identity) -> None:
    process = await published(town, phase("all", -1, *ALL), audience={"minimum_age": 18})
    old, young = verified(town), verified(town)
    identity.born |= {old.subject: "1962-08-24", young.subject: "2020-01-01"}
    assert code(await within(town, process, young)) == (403, "too-young")
    assert code(await within(town, process, young, draft=True)) == (403, "too-young")
    proposal, hidden = [(await within(town, process, old, draft=draft)).json() for draft in (False, True)]
    for act in (
        support(town, young, proposal),
        amend(town, young, proposal),
        Thread(town.service, "proposal", proposal).write(young),
    ):
        assert code(await act) == (403, "too-young")
    for act in (support(town, young, hidden), amend(town, young, hidden), publish(town, young, hidden)):
        assert code(await act) == (404, "not-found"), "nobody else knows of a draft"
    identity.born[old.subject] = "2020-01-01"
    assert code(await publish(town, old, hidden)) == (403, "too-young"), "who may take part is asked as it is published"
    identity.born[old.subject] = "1962-08-24"
    assert (await publish(town, old, hidden)).status_code == 201
    assert (await support(town, old, proposal)).status_code == 200


async def test_the_proposals_of_a_process_are_read_by_pages_and_fill_no_list_of_its_parts(town: Town) -> None:
    first, second = [await published(town, phase("all", -1, *ALL)) for _ in range(2)]
    made = [(await within(town, first)).json()["id"] for _ in range(3)]
    await within(town, second)
    await propose(town, town.service.citizen())
    found: list[str] = []
    link: str | None = f"{LIST}?process_id={first['id']}&limit=2"
    while link:
        page = await town.client.get(link)
        found += [each["id"] for each in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        link = f"{LIST}?process_id={first['id']}&limit=2&cursor={cursor}" if cursor else None
    assert found == made[::-1]
    elsewhere = LIST.replace("paris", "lutece")
    assert (await town.client.get(elsewhere, params={"process_id": first["id"]})).json()["items"] == []
    cursor = (await town.client.get(f"{LIST}?process_id={first['id']}&limit=2")).json()["next_cursor"]
    moved = await town.client.get(f"{LIST}?process_id={second['id']}&limit=2&cursor={cursor}")
    assert moved.status_code == 400, "a cursor goes with its list"
    assert (await town.client.get(f"{PROCESSES}/{first['id']}")).json()["parts"] == []
    for process in (first, second):
        taken = await join(town, process, "proposal", {"id": made[0]})
        assert code(taken) == (409, "conflict"), "it belongs to the process in which it was made, and to no other"
