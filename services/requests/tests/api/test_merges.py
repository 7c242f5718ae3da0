# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from copy import deepcopy
from typing import Any
from uuid import UUID

import httpx
from requests_town import Town, photo, type_definition

from parvis_testing import Caller


async def merge(
    town: Town, agent: Caller, child: dict[str, Any], parent: dict[str, Any], tag: str = '"1"'
) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    return await town.client.post(f"/v1/requests/{child['id']}/merge", json={"parent": parent["id"]}, headers=headers)


async def unmerge(town: Town, agent: Caller, child: dict[str, Any], tag: str) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    return await town.client.post(f"/v1/requests/{child['id']}/unmerge", headers=headers)


async def status(town: Town, caller: Caller, request: dict[str, Any]) -> str:
    return str((await town.get(caller, f"/v1/requests/{request['id']}")).json()["status"]["code"])


async def history(town: Town, caller: Caller, request: dict[str, Any]) -> list[str]:
    items = (await town.get(caller, f"/v1/requests/{request['id']}/history")).json()["items"]
    return [item["action"]["code"] for item in items]


async def test_merged_requests_go_along_with_their_parent_and_everybody_is_told(town: Town) -> None:
    agent = town.service.agent()
    authors = [town.service.citizen() for _ in range(3)]
    parent, *children = [(await town.submit(author)).json() for author in authors]
    for child in children:
        assert (await merge(town, agent, child, parent)).status_code == 201
    kin = (await town.get(agent, f"/v1/requests/{parent['id']}/merges")).json()
    assert (kin["parent"], {each["id"] for each in kin["children"]}) == (None, {child["id"] for child in children})
    assert (await town.get(agent, f"/v1/requests/{children[0]['id']}/merges")).json()["parent"]["id"] == parent["id"]
    await town.act(agent, parent, "take", '"2"')
    await town.act(agent, parent, "resolve", '"3"', reason="Les cartons sont partis.")
    for author, request in zip(authors, [parent, *children], strict=True):
        assert await status(town, author, request) == "resolved"
        texts = (await town.get(author, f"/v1/requests/{request['id']}/messages")).json()["items"]
        assert texts[0]["text"] == "Les cartons sont partis."
    assert parent["reference"] in texts[1]["text"]
    assert await history(town, authors[1], children[0]) == ["submit", "merge", "reply", "take", "resolve", "reply"]
    resolved = await town.service.runtime.database.pool.fetchval(
        "SELECT count(DISTINCT data ->> 'author') FROM outbox WHERE type = 'fr.parvis.requests.request-resolved.v1'"
    )
    assert resolved == 3


async def test_a_merged_request_keeps_what_it_has_and_goes_its_own_way_again(town: Town) -> None:
    agent, author = town.service.agent(), town.service.citizen()
    parent, child = (await town.submit(town.service.citizen())).json(), (await town.submit(author)).json()
    merged = await merge(town, agent, child, parent)
    await town.act(agent, parent, "take", '"2"')
    early = await town.act(agent, child, "resolve", '"4"')
    assert (early.status_code, early.json()["code"]) == (409, "merged")
    apart = await unmerge(town, agent, child, '"4"')
    assert (apart.status_code, apart.json()["status"]["code"]) == (201, "taken")
    assert apart.json()["description"] == merged.json()["description"] == child["description"]
    assert (await town.act(agent, parent, "resolve", '"3"')).status_code == 201
    assert await status(town, author, child) == "taken"
    assert (await town.act(agent, child, "resolve", apart.headers["etag"])).status_code == 201
    assert (await unmerge(town, agent, child, '"7"')).json()["code"] == "not-to-merge"


async def test_nothing_of_a_child_is_lost_by_going_along_and_apart_again(town: Town) -> None:
    agent, author, follower = town.service.agent(), town.service.citizen(), town.service.citizen()
    sent = (await town.upload(author, photo())).json()["id"]
    answers = {"blocks_pavement": False, "quantity": 7}
    child = (await town.submit(author, attachments=[sent], answers=answers)).json()
    parent = (await town.submit(town.service.citizen())).json()
    await town.follow(follower, child)
    for caller, visibility, text in ((author, "public", "Il y en a sept."), (agent, "internal", "Vu sur place.")):
        assert (await town.write(caller, child, visibility, text)).status_code == 201

    async def kept() -> dict[str, Any]:
        read = (await town.get(agent, f"/v1/requests/{child['id']}")).json()
        texts = (await town.get(agent, f"/v1/requests/{child['id']}/messages")).json()["items"]
        shown = await town.get(author, f"/v1/attachments/{sent}")
        return {
            "request": {name: read[name] for name in ("answers", "description", "position", "area", "attachments")},
            "words": [item for item in reversed(texts) if item["by"] != "system"][:2],
            "photo": (shown.status_code, shown.content),
            "follows": (await town.get(follower, "/v1/followed-requests")).text.count(child["reference"]),
        }

    before = await kept()
    assert (before["request"]["answers"], len(before["request"]["attachments"])) == (answers, 1)
    assert ([item["text"] for item in before["words"]], before["photo"][0], before["follows"]) == (
        ["Il y en a sept.", "Vu sur place."],
        200,
        1,
    )
    tag = (await town.get(agent, f"/v1/requests/{child['id']}")).headers["etag"]
    assert (await merge(town, agent, child, parent, tag)).status_code == 201
    assert await kept() == before
    await town.act(agent, parent, "take", '"2"')
    # Who follows the child alone is told where its parent goes.
    told = await followed_moves(town)
    assert [(each["action"], each["status"], each["person"]) for each in told] == [
        ("merge", "submitted", follower.subject),
        ("take", "taken", follower.subject),
    ]
    tag = (await town.get(agent, f"/v1/requests/{child['id']}")).headers["etag"]
    assert (await unmerge(town, agent, child, tag)).status_code == 201
    assert await kept() == before


async def test_what_cannot_go_together_is_not_merged(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    first, second, third, ended = [(await town.submit(citizen)).json() for _ in range(4)]
    other = (await town.submit(citizen, request_type="epave-de-velo", answers={"blocks": "pavement"})).json()
    await town.act(agent, ended, "take", '"1"')
    await town.act(agent, ended, "resolve", '"2"')
    await merge(town, agent, first, second)
    for child, parent, tag in (
        (third, third, '"1"'), (third, other, '"1"'), (third, ended, '"1"'), (third, first, '"1"'),
        (second, third, '"2"'), (first, third, '"3"'), (ended, third, '"3"'),
    ):  # fmt: skip
        answer = await merge(town, agent, child, parent, tag)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-to-merge")
    assert (await merge(town, citizen, third, second)).status_code == 403
    assert (await merge(town, town.service.agent("lutece"), third, second)).status_code == 404
    assert (await merge(town, agent, third, second, '"9"')).status_code == 412
    assert await town.count("merge") == 1


async def test_a_type_that_was_published_anew_splits_no_duplicates(town: Town) -> None:
    """Not where its steps changed: they would be taken along by those of another."""
    agent, citizen, code = town.service.agent(), town.service.citizen(), "banc-casse"
    name, steps = {"fr": "Banc cassé !", "en": "Broken bench!"}, deepcopy(type_definition()["workflow"])
    await town.publish(code)
    old, same, other = [(await town.submit(citizen, request_type=code, answers={})).json() for _ in range(3)]
    await town.publish(code, name=name)
    parent = (await town.submit(citizen, request_type=code, answers={})).json()
    assert (await merge(town, agent, old, parent)).status_code == 201
    await town.act(agent, parent, "study", '"2"')
    assert await status(town, agent, old) == "studied"
    steps["states"][0]["name"] = {"fr": "Reçue", "en": "Received"}
    await town.publish(code, name=name, workflow=steps)
    changed = (await town.submit(citizen, request_type=code, answers={})).json()
    answer = await merge(town, agent, other, changed)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-to-merge")
    assert "étapes" in answer.json()["detail"]
    assert (await merge(town, agent, same, old)).status_code == 409


async def test_two_agents_who_merge_two_requests_into_each_other_make_one_a_child(town: Town) -> None:
    agents, citizen = [town.service.agent() for _ in range(2)], town.service.citizen()
    for _ in range(5):
        one, two = [(await town.submit(citizen)).json() for _ in range(2)]
        answers = await asyncio.gather(merge(town, agents[0], one, two), merge(town, agents[1], two, one))
        assert sorted(answer.status_code for answer in answers) == [201, 412]


async def test_an_act_on_the_parent_and_a_merge_at_once_leave_nobody_behind(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    for _ in range(5):
        parent, old, new = [(await town.submit(citizen)).json() for _ in range(3)]
        await merge(town, agent, old, parent)
        done = await asyncio.gather(town.act(agent, parent, "take", '"2"'), merge(town, agent, new, parent))
        assert [answer.status_code for answer in done] == [201, 201]
        await town.act(agent, parent, "resolve", '"3"')
        assert {await status(town, citizen, each) for each in (parent, old, new)} == {"resolved"}


async def test_a_child_whose_author_was_erased_holds_nobody_up(town: Town) -> None:
    agent, author = town.service.agent(), town.service.citizen()
    parent, child = (await town.submit(town.service.citizen())).json(), (await town.submit(author)).json()
    await merge(town, agent, child, parent)
    await town.service.runtime.persons.destroy(UUID(author.subject))
    taken = await town.act(agent, parent, "take", '"2"', reason="Nous passons demain.")
    assert taken.status_code == 201
    assert await status(town, agent, child) == "taken"


async def test_a_parent_whose_author_was_erased_takes_children_in(town: Town) -> None:
    agent, author = town.service.agent(), town.service.citizen()
    parent, child = (await town.submit(author)).json(), (await town.submit(town.service.citizen())).json()
    await town.service.runtime.persons.destroy(UUID(author.subject))
    assert (await merge(town, agent, child, parent)).status_code == 201


async def test_the_parents_author_and_the_childs_followers_are_told_in_their_language(town: Town) -> None:
    agent, follower = town.service.agent(), town.service.citizen()
    authors = [town.service.citizen() for _ in range(3)]
    parent, child, late = [(await town.submit(author)).json() for author in authors]
    await town.follow(follower, child)
    merged = await merge(town, agent, child, parent)
    assert (await merge(town, agent, late, parent)).status_code == 201
    for language, to_parent, to_child in (
        ("fr", "rejoignent la vôtre", f"rejoint la demande {parent['reference']}"),
        ("en", "join yours", f"joins request {parent['reference']}"),
    ):
        (word,) = await words(town, authors[0], parent, language)
        assert to_parent in word
        (word,) = await words(town, authors[1], child, language)
        assert to_child in word
    await unmerge(town, agent, child, merged.headers["etag"])
    assert "on its own again" in (await words(town, authors[1], child, "en"))[0]
    steps = await followed_moves(town)
    assert [(step["action"], step["status"], step["person"]) for step in steps] == [
        ("merge", "submitted", follower.subject),
        ("unmerge", "submitted", follower.subject),
    ]


async def followed_moves(town: Town) -> list[dict[str, Any]]:
    told = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.followed-request-moved.v1' ORDER BY sequence"
    )
    return [json.loads(row["data"]) for row in told]


async def words(town: Town, caller: Caller, request: dict[str, Any], language: str) -> list[str]:
    answer = await town.get(caller, f"/v1/requests/{request['id']}/messages", **{"Accept-Language": language})
    return [item["text"] for item in answer.json()["items"]]
