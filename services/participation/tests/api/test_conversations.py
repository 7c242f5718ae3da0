# SPDX-License-Identifier: EUPL-1.2
import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from conversation_town import (
    LIST,
    TEXT,
    act,
    body,
    creating,
    opened,
    prepare,
    result,
    review,
    said,
    say,
    seed,
    seen,
    shown,
    upcoming,
    work,
    write,
)
from identity_rolls import Identity
from merged_accounts import hear, merged
from participation_town import Town
from process_town import published as process_published
from proposal_town import verified

from parvis_participation.db import statements
from parvis_participation.domain.opinions.routing import NEW_PRIORITY


async def test_a_conversation_is_prepared_published_and_changes_no_more(town: Town) -> None:
    agent, later = town.service.agent(), datetime.now(UTC) + timedelta(minutes=30)
    made = (await prepare(town, agent)).json()
    path = f"/v1/conversations/{made['id']}"
    assert (await town.client.get(f"{LIST}/{made['id']}")).status_code == 404
    changed = await town.client.put(path, json=body(opens_at=later.isoformat()), headers=seen(agent, made))
    assert (changed.status_code, changed.json()["state"]) == (200, "draft")
    assert (await act(town, agent, made, "publish")).status_code == 412
    told = (await act(town, agent, changed.json(), "publish")).json()
    assert told["state"] == "scheduled"
    frozen = await town.client.put(path, json=body(), headers=seen(agent, told))
    assert (frozen.status_code, frozen.json()["code"]) == (409, "conversation-frozen")
    public = (await town.client.get(f"{LIST}/{made['id']}", headers={"Accept-Language": "en"})).json()
    assert (public["title"], public["state"]) == ("Text", "scheduled")
    assert [each["id"] for each in (await town.client.get(LIST)).json()["items"]] == [made["id"]]
    early = await write(town, town.service.citizen(), told)
    assert (early.status_code, early.json()["code"]) == (409, "conversation-not-open")


async def test_a_bad_period_or_areas_without_residence_are_refused(town: Town) -> None:
    agent = town.service.agent()
    assert (await prepare(town, agent, closes_at="2020-01-01T00:00:00Z")).status_code == 422
    refused = await prepare(town, agent, areas=["north"])
    assert refused.status_code == 422, refused.text
    assert (await prepare(town, agent, verified="yes")).status_code == 422


async def test_one_opinion_a_person_and_statement_and_the_last_one_counts(town: Town) -> None:
    made, ada = await opened(town, seeds=2), town.service.citizen()
    first, second = await shown(town, made)
    for opinion in ("agree", "disagree"):
        assert (await say(town, ada, first, opinion)).json()["opinion"] == opinion
    assert (await say(town, ada, second, "pass")).status_code == 200
    assert await said(town, ada, made) == ["disagree", "pass"]
    assert await said(town, town.service.citizen(), made) == []
    assert (await say(town, ada, first, "perhaps")).status_code == 422


async def test_a_hundred_calls_at_once_leave_one_participant_and_one_opinion(town: Town) -> None:
    made, ada = await opened(town, seeds=1), town.service.citizen()
    (statement,) = await shown(town, made)
    answers = await asyncio.gather(*(say(town, ada, statement, "agree") for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    pool = town.service.runtime.database.pool
    assert await pool.fetchval("SELECT count(*) FROM conversation_participant") == 1
    assert await pool.fetchval("SELECT count(*) FROM conversation_opinion") == 1


async def test_two_accounts_of_one_person_take_part_once(town: Town, identity: Identity) -> None:
    made, ada, other = await opened(town, seeds=2, verified=True), verified(town), verified(town)
    first, second = await shown(town, made)
    identity.one_person(ada.subject, other.subject)
    assert (await say(town, ada, first, "agree")).status_code == 200
    refused = await say(town, other, second, "agree")
    assert (refused.status_code, refused.json()["code"]) == (409, "already-taking-part")
    # The key is asked for at the first opinion alone.
    asked = len(identity.asked)
    assert (await say(town, ada, second, "agree")).status_code == 200
    assert len(identity.asked) == asked


async def test_only_verified_people_and_residents_take_part_where_it_is_said_so(town: Town) -> None:
    made = await opened(town, seeds=1, verified=True, residence=True)
    (statement,) = await shown(town, made)
    refused = await say(town, town.service.citizen(), statement, "agree")
    assert (refused.status_code, refused.json()["code"]) == (403, "identity-not-verified")
    ada = verified(town)
    refused = await say(town, ada, statement, "agree")
    assert (refused.status_code, refused.json()["code"]) == (403, "residence-not-attested")
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    attested = {"person": ada.subject, "evidence": "tax-notice", "expires_on": f"{until}"}
    agent = town.service.agent()
    made_ = await town.client.post("/v1/residences", json=attested, headers=creating(agent))
    assert made_.status_code == 201, made_.text
    assert (await say(town, ada, statement, "agree")).status_code == 200


async def test_nobody_is_told_how_others_said_and_each_sees_what_they_have_not(town: Town) -> None:
    made, ada = await opened(town, seeds=4), town.service.citizen()
    listed = await shown(town, made)
    assert not {"agree", "counts", "priority"} & listed[0].keys()
    await say(town, ada, listed[0], "agree")
    mine = (await write(town, ada, made)).json()
    left = await upcoming(town, ada, made)
    assert sorted(each["number"] for each in left["items"]) == [1, 2, 3], "neither what was said of, nor one's own"
    assert left["left"] == 3
    few = await upcoming(town, ada, made, limit=2)
    assert (len(few["items"]), few["left"]) == (2, 3)
    assert mine["id"] in {each["id"] for each in (await upcoming(town, town.service.citizen(), made))["items"]}
    firsts = [(await upcoming(town, town.service.citizen(), made, 1))["items"][0]["number"] for _ in range(30)]
    assert len(set(firsts)) > 1, "drawn by chance"


async def test_statements_of_people_wait_until_an_agent_has_looked(town: Town) -> None:
    made, ada, agent = await opened(town, reviewed=True), town.service.citizen(), town.service.agent()
    waiting = (await write(town, ada, made)).json()
    assert (waiting["state"], await shown(town, made)) == ("proposed", [])
    assert (await say(town, town.service.citizen(), waiting, "agree")).status_code == 404
    path = f"/v1/conversations/{made['id']}/statements"
    listed = (await town.client.get(path, headers=agent.headers)).json()["items"]
    assert [each["id"] for each in listed] == [waiting["id"]]
    assert (await review(town, agent, waiting, "refused")).json()["errors"][0]["pointer"] == "/reasons"
    admitted = (await review(town, agent, waiting, "admitted")).json()
    assert admitted["state"] == "published"
    assert (await review(town, agent, admitted, "refused", TEXT)).json()["code"] == "statement-state"
    assert (await review(town, agent, admitted, "withdrawn")).json()["code"] == "statement-state"
    other = (await write(town, ada, made, "Des arbres !")).json()
    assert (await review(town, agent, other, "refused", TEXT)).status_code == 201
    own = await town.client.get(f"/v1/conversations/{made['id']}/own-statements", headers=ada.headers)
    assert [(each["state"], each["reasons"]) for each in own.json()["items"]] == [
        ("refused", "Texte"),
        ("published", None),
    ]
    nobody = town.service.citizen().headers
    listed = (await town.client.get(f"/v1/conversations/{made['id']}/own-statements", headers=nobody)).json()["items"]
    assert listed == []


async def test_the_town_takes_its_own_statement_back_and_people_theirs(town: Town) -> None:
    made, ada, agent = await opened(town, seeds=1), town.service.citizen(), town.service.agent()
    (of_town,) = await shown(town, made)
    assert (await say(town, ada, of_town, "agree")).status_code == 200
    assert (await review(town, agent, of_town, "withdrawn")).status_code == 201
    mine = (await write(town, ada, made)).json()
    headers = seen(town.service.citizen(), mine)
    assert (await town.client.delete(f"/v1/statements/{mine['id']}", headers=headers)).status_code == 403
    gone = await town.client.delete(f"/v1/statements/{mine['id']}", headers=seen(ada, mine))
    assert gone.status_code == 204
    assert (await shown(town, made), await said(town, ada, made)) == ([], [])
    late = await say(town, ada, mine, "agree")
    assert (late.status_code, late.json()["code"]) == (409, "statement-gone")
    words = await town.service.runtime.database.pool.fetch("SELECT text FROM conversation_statement")
    assert [row["text"] for row in words] == [None, None]


async def test_agents_alone_write_where_it_is_said_so_and_nobody_writes_without_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, ada = await opened(town, writers="agents"), town.service.citizen()
    refused = await write(town, ada, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "agents-write-alone")
    monkeypatch.setattr("parvis_participation.service.write_statement.DAILY", 2)
    monkeypatch.setattr("parvis_participation.service.write_statement.MOST_STATEMENTS", 4)
    monkeypatch.setattr("parvis_participation.service.write_statement.TOWNS_OWN", 1)
    made = await opened(town)
    for words, status in (("Un", 201), ("Deux", 201), ("Trois", 429)):
        assert (await write(town, ada, made, words)).status_code == status
    assert (await write(town, town.service.citizen(), made)).status_code == 201
    full = await write(town, town.service.citizen(), made)
    assert (full.status_code, full.json()["code"]) == (409, "conversation-full")
    agent = town.service.agent()
    assert (await seed(town, agent, made, "of the town")).status_code == 201
    assert (await seed(town, agent, made, "one more")).json()["code"] == "conversation-full"
    first, second, *_ = await shown(town, made)
    for each in (first, second):
        assert (await town.client.delete(f"/v1/statements/{each['id']}", headers=seen(ada, each))).status_code == 204
    assert (await write(town, town.service.citizen(), made)).status_code == 201
    assert (await write(town, ada, made, "x" * 201)).status_code == 422


async def test_a_closed_conversation_takes_nothing_more(town: Town) -> None:
    made, ada, agent = await opened(town, seeds=1), town.service.citizen(), town.service.agent()
    (statement,) = await shown(town, made)
    assert (await say(town, ada, statement, "agree")).status_code == 200
    assert (await act(town, agent, made, "close")).status_code == 201
    for answer in (
        await say(town, ada, statement, "disagree"),
        await write(town, ada, made),
        await seed(town, agent, made, "late"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "conversation-not-open")
    assert await said(town, ada, made) == ["agree"]
    await work(town)
    told = (await result(town, made)).json()
    assert (told["final"], told["groups"], told["participants"]) == (True, [], 0)


async def test_the_phases_of_its_process_hold(town: Town) -> None:
    made, agent = await opened(town, seeds=1), town.service.agent()
    (statement,) = await shown(town, made)
    process = await process_published(town)
    part = {"kind": "conversation", "id": made["id"]}
    added = await town.client.post(f"/v1/processes/{process['id']}/parts", json=part, headers=creating(agent))
    assert added.status_code == 201, added.text
    refused = await say(town, town.service.citizen(), statement, "agree")
    assert refused.status_code == 409, refused.text
    assert "phase" in refused.json()["code"]


async def test_what_an_account_said_that_went_into_another_counts_once(town: Town, identity: Identity) -> None:
    made, ada, old, alone = await opened(town, seeds=3), verified(town), town.service.citizen(), town.service.citizen()
    first, second, third = await shown(town, made)
    for who, statement, opinion in (
        (old, first, "agree"),
        (old, second, "agree"),
        (ada, second, "disagree"),
        (alone, third, "pass"),
    ):
        assert (await say(town, who, statement, opinion)).status_code == 200
    assert identity.asked
    mine = (await write(town, old, made)).json()
    await hear(town.service, merged(old, ada))
    assert await said(town, ada, made) == ["agree", "disagree", "agree"], "the last is what they wrote"
    assert await said(town, old, made) == ["agree", "disagree", "agree"], "the old account acts as the kept one"
    gone = await town.client.delete(f"/v1/statements/{mine['id']}", headers=seen(ada, mine))
    assert gone.status_code == 204
    assert await said(town, ada, made) == ["agree", "disagree"]
    kept = town.service.citizen()
    await hear(town.service, merged(alone, kept))
    assert await said(town, kept, made) == ["pass"]
    pool = town.service.runtime.database.pool
    assert await pool.fetchval("SELECT count(*) FROM conversation_participant") == 2


async def test_an_opinion_that_waited_for_the_close_comes_too_late_for_the_last_figures(town: Town) -> None:
    made, ada = await opened(town, seeds=1), town.service.citizen()
    (statement,) = await shown(town, made)
    # As the worker leaves it to a call that began before the end, whatever that call's clock says.
    await town.service.runtime.database.pool.execute("UPDATE conversation SET closing_told_at = now()")
    late = await say(town, ada, statement, "agree")
    assert (late.status_code, late.json()["code"]) == (409, "conversation-not-open")
    assert await said(town, ada, made) == []


async def test_who_writes_a_statement_agrees_with_it_and_may_say_otherwise(town: Town, identity: Identity) -> None:
    made, ada, twin = await opened(town), verified(town), verified(town)
    identity.one_person(ada.subject, twin.subject)
    mine = (await write(town, ada, made)).json()
    assert await said(town, ada, made) == ["agree"]
    assert (await say(town, ada, mine, "pass")).status_code == 200
    assert await said(town, ada, made) == ["pass"]
    again = await write(town, twin, made, "Des arbres !")
    assert (again.status_code, again.json()["code"]) == (409, "already-taking-part")
    assert len(await shown(town, made)) == 1, "nothing is half done"


async def test_the_words_of_what_is_not_drawn_are_not_read(town: Town) -> None:
    made = await opened(town, seeds=4)
    async with town.service.runtime.database.reading() as session:
        unseen = await statements.unseen(session, UUID(made["id"]), uuid4(), None)
    assert {(str(each), weight) for each, weight in unseen} == {
        (each["id"], NEW_PRIORITY) for each in await shown(town, made)
    }
    drawn = await upcoming(town, town.service.citizen(), made, limit=3)
    assert (len({each["id"] for each in drawn["items"]}), drawn["left"]) == (3, 4)
