# SPDX-License-Identifier: EUPL-1.2
"""Requests that their team alone reads: who comes into the circle, who leaves it, and what the queue finds."""

import io
import itertools
import json
import zipfile
from uuid import UUID, uuid4

import pytest
from bulk_calls import outcomes, start, work
from circles import assign, filed, note, reads, restricted
from contesting import REFUSING, Contesting
from requests_town import Town
from sqlalchemy import select
from team_calls import known, team_of
from type_changing import OTHER as OPEN
from type_changing import change

from parvis_requests.db.access import open_to
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.access import Circle
from parvis_requests.domain.request import Actor
from parvis_requests.service.restrict_requests import restrict_requests
from parvis_testing import Caller


async def test_its_team_and_supervisors_read_it_and_nobody_else(town: Town) -> None:
    code, team, inside, outside = await restricted(town)
    request = await filed(town, code)
    assert await reads(town, inside, request)
    assert await reads(town, town.service.agent(teams=(team,)), request)
    assert await reads(town, town.service.agent(roles=["supervisor"]), request)
    for roles in (["agent"], ["reader"], ["agent", "administrator"]):
        assert not await reads(town, town.service.agent(roles=roles), request)
    assert not await reads(town, outside, request)


async def test_services_ask_which_agents_read_it(town: Town) -> None:
    code, team, inside, outside = await restricted(town)
    request, system = await filed(town, code), town.service.system()
    anybodys = (await town.submit(town.service.citizen())).json()

    async def asked(agent: Caller, request_id: str = request["id"], said: str = "", by: Caller = system) -> int:
        path = f"/internal/v1/requests/{request_id}/readers/{agent.subject}?{said or 'collectivity=paris&roles=agent'}"
        return (await town.service.internal.get(path, headers=by.headers)).status_code

    assert (await asked(inside), await asked(outside)) == (204, 404)
    assert await asked(outside, anybodys["id"]) == 204
    for more in (f"teams=x%20y&teams={team}", "roles=supervisor"):
        assert await asked(outside, said=f"collectivity=paris&roles=agent&{more}") == 204
    assert await asked(inside, str(uuid4())) == 404
    for each in (request, anybodys):
        assert await asked(inside, each["id"], "collectivity=lyon&roles=supervisor") == 404, "of another town"
    assert await asked(inside, said="collectivity=paris&teams=%00") == 422
    assert await asked(inside, by=inside) == 403


async def test_whoever_gives_it_to_another_team_is_told_so_and_reads_it_no_more(town: Town) -> None:
    code, _, inside, outside = await restricted(town)
    request = await filed(town, code)
    other = await team_of(town, outside)
    given = await assign(town, inside, request, assignee=None, team=other, reason="C'est à vous.")
    assert given["team"] == other
    assert await reads(town, outside, request)
    assert not await reads(town, inside, request)


async def test_whom_a_note_mentions_reads_it(town: Town) -> None:
    code, _, inside, outside = await restricted(town)
    request = await filed(town, code)
    await note(town, inside, request, outside)
    assert await reads(town, outside, request)
    assert (await town.get(outside, "/v1/work-queue?mentioned=me")).json()["items"][0]["id"] == request["id"]


async def test_to_whom_it_is_assigned_reads_it_once_in_the_queue(town: Town) -> None:
    code, team, inside, _ = await restricted(town)
    request, others = await filed(town, code), [await filed(town, code) for _ in range(2)]
    await assign(town, inside, request, assignee=inside.subject)
    await note(town, inside, request, inside)
    pool = town.service.runtime.database.pool
    await pool.execute("DELETE FROM team_member WHERE agent = $1", UUID(inside.subject))
    assert await reads(town, inside, request)
    assert not any([await reads(town, inside, each) for each in others])
    mine = await town.get(inside, f"/v1/work-queue?team={team}&assignee=me&count=exact")
    assert ([item["id"] for item in mine.json()["items"]], mine.json()["counts"]["total"]) == ([request["id"]], 1)


async def test_the_team_that_looks_at_an_appeal_reads_it_until_that_is_over(town: Town) -> None:
    code, _, inside, outside = await restricted(town)
    contesting, citizen = Contesting(town, code), town.service.citizen()
    request = await contesting.refused(citizen, inside)
    appeal = await contesting.lodged(citizen, request)
    assert not await reads(town, outside, request)
    other = await team_of(town, outside)
    given = await contesting.do(inside, request, appeal, "assignment", team=other, assignee=None)
    assert given.status_code == 201, given.text
    assert await reads(town, outside, request)
    ended = await contesting.do(outside, request, given.json(), "outcome", outcome="rejected", reasons="Non.")
    assert ended.status_code == 201, ended.text
    assert not await reads(town, outside, request)


async def test_what_a_type_says_holds_for_its_older_requests_too(town: Town) -> None:
    code, team, inside, outside = await restricted(town, access="town")
    request = await filed(town, code)
    assert await reads(town, outside, request)
    await town.publish(code, access="team", routing=[{"team": team}])
    assert not await reads(town, outside, request)
    assert await reads(town, inside, request)
    await restrict_requests(town.service.runtime.database)
    await town.publish(code, access="town", routing=[{"team": team}])
    await restrict_requests(town.service.runtime.database)
    assert await reads(town, outside, request)


async def test_what_a_team_alone_reads_is_never_public(town: Town) -> None:
    administrator = town.administrator()
    made = await town.draft(administrator, f"secret-{uuid4().hex[:8]}", access="team", public=True)
    answer = await town.offer(administrator, made.json()["id"])
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [
        ("/definition/access", "restricted-and-public")
    ]


async def test_a_public_request_is_not_shown_once_its_type_is_for_a_team(town: Town) -> None:
    code = f"open-{uuid4().hex[:8]}"
    await town.publish(code, public=True, publication={"content": "at-once"})
    request = await filed(town, code)
    path = f"/v1/collectivities/paris/public-requests/{request['reference']}"
    assert (await town.client.get(path)).status_code == 200
    await town.publish(code, access="team")
    assert (await town.client.get(path)).status_code == 404


async def test_an_act_on_many_reaches_none_that_is_kept_from_the_agent(town: Town) -> None:
    code, team, inside, outside = await restricted(town)
    request = await filed(town, code)
    by_token = town.service.agent(teams=(team,))
    for caller, outcome in ((outside, ("refused", "not-found")), (by_token, ("done", None))):
        started = await start(town, caller, request, action="grant")
        assert started.status_code == 202, started.text
        assert await work(town) == 1
        assert await outcomes(town, caller, started.headers["location"]) == [outcome]
    assert (await town.get(inside, f"/v1/requests/{request['id']}")).json()["status"]["code"] == "granted"


async def test_neither_words_nor_the_author_of_another_request_find_it(town: Town) -> None:
    code, _, inside, outside = await restricted(town)
    author = town.service.citizen()
    request = await filed(town, code, author, description="Un hippopotame au foyer")
    open_ = (await town.submit(author)).json()
    for query in ("q=hippopotame", f"q={request['reference']}", f"author_of={open_['id']}", f"request_type={code}"):
        for caller, seen in ((inside, True), (outside, False)):
            found = (await town.get(caller, f"/v1/work-queue?{query}&count=exact")).json()
            assert (request["id"] in [item["id"] for item in found["items"]]) is seen, query
            assert found["counts"]["total"] == len(found["items"])
    # Nor does it tell what else its author filed.
    assert (await town.get(outside, f"/v1/work-queue?author_of={request['id']}")).json()["items"] == []
    assert len((await town.get(inside, f"/v1/work-queue?author_of={request['id']}")).json()["items"]) == 2


async def test_its_author_and_who_files_it_for_them_go_on_as_before(town: Town) -> None:
    code, _, _, outside = await restricted(town, channels=["online", "phone"])
    author = town.service.citizen()
    request = await filed(town, code, author)
    assert (await town.get(author, f"/v1/requests/{request['id']}")).status_code == 200
    body = {"request_type": code, "description": "Au téléphone", "answers": {}, "channel": "phone"}
    headers = outside.headers | {"Idempotency-Key": town.key()}
    answer = await town.client.post("/v1/requests-on-behalf", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert not await reads(town, outside, answer.json())


PERSON, OTHER = UUID(int=7), UUID(int=8)


@pytest.mark.parametrize("roles", [("agent",), ("supervisor",)], ids=["agent", "supervisor"])
async def test_the_database_is_asked_what_the_rule_says(town: Town, roles: tuple[str, ...]) -> None:
    code, team, _, outside = await restricted(town)
    await known(town, outside)
    agent = Actor(PERSON, "paris", is_agent=True, roles=frozenset(roles), teams=frozenset({"by-token"}))
    pool = town.service.runtime.database.pool
    await pool.execute(
        "INSERT INTO team_member (team_id, agent, collectivity) SELECT id, $1, 'paris' FROM team WHERE code = $2",
        PERSON, team,
    )  # fmt: skip
    expected = {}
    for teams, assignee, is_restricted in itertools.product(
        (team, "by-token", "others"), (None, PERSON, OTHER), (True, False)
    ):
        id_ = UUID((await filed(town, code))["id"])
        await pool.execute(
            "UPDATE request SET team = $2, assignee = $3, restricted = $4 WHERE id = $1",
            id_, teams, assignee, is_restricted,
        )  # fmt: skip
        circle = Circle(is_restricted, frozenset({teams}), frozenset({assignee} if assignee else ()))
        expected[id_] = circle.has(agent, {team, "by-token"})
    async with town.service.runtime.database.reading() as session:
        found = set(await session.scalars(select(Row.id).where(Row.id.in_(expected), open_to(agent))))
    assert found == {id_ for id_, has in expected.items() if has}
    assert len(found) == (18 if "supervisor" in roles else 9 + 6 + 1)


async def test_what_was_said_to_a_restricted_type_stays_with_its_team_once_it_is_another(town: Town) -> None:
    code, _, inside, outside = await restricted(town)
    open_code, author = f"open-{uuid4().hex[:8]}", town.service.citizen()
    other = await team_of(town, outside)
    await town.publish(open_code, routing=[{"team": other}], form=OPEN["form"])
    supervisor = town.service.agent(roles=["agent", "supervisor"])
    answer = await town.submit(author, request_type=code, answers={"colour": "red"})
    changed = await change(town, inside, answer.json(), code=open_code)
    assert changed.status_code == 201, changed.text
    path = f"/v1/requests/{answer.json()['id']}/former-types"
    for reader, expected in ((outside, None), (author, {"colour": "red"}), (supervisor, {"colour": "red"})):
        (former,) = (await town.get(reader, path)).json()["items"]
        assert former["answers"] == expected


async def test_a_file_is_archived_whole_or_not_at_all(town: Town) -> None:
    code, _, inside, outside = await restricted(town)
    open_code, author = f"open-{uuid4().hex[:8]}", town.service.citizen()
    await town.publish(
        open_code, routing=[{"team": await team_of(town, outside)}], form=OPEN["form"], workflow=REFUSING
    )
    request = (await town.submit(author, request_type=code, answers={"colour": "red"})).json()
    changed = await change(town, inside, request, code=open_code)
    refused = await town.act(outside, request, "refuse", changed.headers["etag"], reason="Non.")
    assert refused.status_code == 201, refused.text
    path = f"/v1/requests/{request['id']}/archive"
    short = await town.get(town.administrator(), path)
    assert (short.status_code, short.json()["code"]) == (403, "former-answers-reserved")
    whole = await town.get(town.service.agent(roles=["administrator", "supervisor"]), path)
    assert whole.status_code == 200, whole.text
    with zipfile.ZipFile(io.BytesIO(whole.content)) as package:
        record = json.loads(package.read("content/001-demande.json"))
    assert [each["answers"] for each in record["former_types"]] == [{"colour": "red"}]
