# SPDX-License-Identifier: EUPL-1.2
"""Several people write a draft, which nobody else knows of until its author publishes it."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from accountability_town import report, told
from co_author_town import answer, invite, joined
from merged_accounts import hear, merged
from participation_town import Town
from proposal_town import BODY, LIST, edit, propose, support, verified, withdraw

from parvis_participation.service import publish_proposal
from parvis_participation.service.publish_proposal import forget_drafts, forget_erased_drafts
from parvis_testing import Caller

OWN = "/v1/own-proposals"
_keys = itertools.count()


async def publish(town: Town, who: Caller, draft: dict[str, Any]) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{draft["version"]}"', "Idempotency-Key": f"publication-{next(_keys)}"}
    return await town.client.post(
        f"/v1/proposals/{draft['id']}/transitions", json={"action": "publish"}, headers=headers
    )


async def own(town: Town, who: Caller, draft: dict[str, Any], part: str = "") -> httpx.Response:
    return await town.client.get(f"{OWN}/{draft['id']}{part}", headers=who.headers)


async def published_events(town: Town) -> int:
    count = "SELECT count(*) FROM outbox WHERE type LIKE '%proposal-published%'"
    return int(await town.service.runtime.database.pool.fetchval(count))


def code(refused: httpx.Response) -> tuple[int, str]:
    return refused.status_code, refused.json()["code"]


async def test_a_draft_is_written_together_read_word_by_word_and_then_published(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    made = await propose(town, ada, draft=True)
    draft = made.json()
    assert (made.status_code, draft["state"], draft["title"]) == (201, "draft", BODY["title"])
    assert (await town.client.get(made.headers["location"], headers=ada.headers)).json() == draft
    await joined(town, ada, draft, bob)
    changed = await edit(town, bob, draft, description="Au soleil, devant la gare.")
    assert changed.status_code == 200
    assert code(await edit(town, ada, draft)) == (412, "precondition-failed"), "nobody writes over the other"
    for who in (ada, bob):
        assert [each["id"] for each in (await town.client.get(OWN, headers=who.headers)).json()["items"]] == [
            draft["id"]
        ]
        (before,) = (await own(town, who, draft, "/versions")).json()["items"]
        assert before["description"] == BODY["description"]
        compared = (await own(town, who, draft, "/comparisons?before=1")).json()
        assert [each for each in compared["description"] if each["change"] != "same"] == [
            {"change": "removed", "text": "mairie"}, {"change": "added", "text": "gare"},
        ]  # fmt: skip
    assert await published_events(town) == 0
    assert code(await publish(town, bob, changed.json())) == (403, "forbidden"), "its author alone"
    assert code(await publish(town, ada, draft)) == (412, "precondition-failed"), "not what they have not seen"
    done = await publish(town, ada, changed.json())
    assert (done.status_code, done.json()["state"], len(done.json()["co_authors"])) == (201, "published", 1)
    public = (await town.client.get(done.headers["location"])).json()
    assert (public["description"], public["created_at"] > draft["created_at"]) == ("Au soleil, devant la gare.", True)
    assert (await town.client.get(f"{LIST}/{draft['id']}/versions")).json()["items"] == [], "what came before is theirs"
    assert await published_events(town) == 1
    await report(town, public, "accepted")
    assert await told(town) == sorted([ada.subject, bob.subject])
    assert code(await publish(town, ada, public)) == (409, "conflict")


async def test_drafts_of_many_days_are_not_published_on_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_proposal, "DAILY", 2)
    ada, bob = town.service.citizen(), town.service.citizen()
    first, second, third = [(await propose(town, ada, draft=True)).json() for _ in range(3)]
    for draft in (first, second):
        assert (await publish(town, ada, draft)).status_code == 201, "drafts are not counted"
    assert code(await publish(town, ada, third)) == (429, "too-many-contributions")
    assert (await own(town, ada, third)).json() == third
    assert (await publish(town, bob, (await propose(town, bob, draft=True)).json())).status_code == 201


async def test_drafts_of_somebody_erased_go_with_all_that_was_written_in_them(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_proposal, "_BATCH", 1)
    ada, bob = town.service.citizen(), town.service.citizen()
    kept = (await propose(town, bob, draft=True)).json()
    draft, public = (await propose(town, ada, draft=True)).json(), (await propose(town, ada)).json()
    last = (await propose(town, bob, draft=True)).json()
    await joined(town, ada, draft, bob)
    assert (await edit(town, bob, draft, description="Au soleil.")).status_code == 200
    runtime = town.service.runtime
    await forget_erased_drafts(runtime.database, runtime.persons)
    assert (await own(town, bob, draft)).status_code == 200
    await runtime.persons.destroy(UUID(ada.subject))
    await forget_erased_drafts(runtime.database, runtime.persons)
    assert (await own(town, bob, draft)).status_code == 404
    assert [(await own(town, bob, each)).status_code for each in (kept, last)] == [200, 200]
    assert await town.count("proposal_version") == 0
    assert (await town.client.get(f"{LIST}/{public['id']}")).json()["title"] == BODY["title"], "what is public stays"


async def test_nobody_else_knows_of_a_draft(town: Town) -> None:
    ada, eve, agent = town.service.citizen(), verified(town), town.service.agent()
    draft = (await propose(town, ada, draft=True)).json()
    body, key = {"reasons": "Non."} | {n: BODY[n] for n in ("title", "description")}, {"Idempotency-Key": "draft"}
    paths = [f"{LIST}/{draft['id']}{part}" for part in ("", "/versions", "/amendments", "/milestones")]
    paths += [f"{LIST}/{draft['id']}/comparisons?before=1"]
    paths += [f"/v1/collectivities/paris/threads/proposal/{draft['id']}/comments"]
    refused = [await town.client.get(path) for path in paths]
    refused += [await own(town, eve, draft, part) for part in ("", "/versions", "/comparisons?before=1")]
    refused += [await own(town, town.service.citizen("lutece"), draft), await publish(town, eve, draft)]
    refused += [await support(town, eve, draft), await edit(town, eve, draft), await withdraw(town, eve, draft)]
    refused += [await invite(town, eve, draft), await report(town, draft, "accepted")]
    for path, sent in (("amendments", body), ("reports", {"category": "spam", "explanation": "Non."})):
        headers = eve.headers | key | {"If-Match": '"1"'}
        refused.append(await town.client.post(f"/v1/proposals/{draft['id']}/{path}", json=sent, headers=headers))
    comments = f"/v1/threads/proposal/{draft['id']}/comments"
    refused.append(await town.client.post(comments, json={"text": "Oui."}, headers=eve.headers | key))
    refused.append(await town.client.put(f"/v1/proposals/{draft['id']}/followers/mine", headers=eve.headers))
    assert [answer.status_code for answer in refused] == [404] * len(refused)
    assert (await town.client.get(LIST)).json()["items"] == []
    assert (await town.client.get(OWN, headers=eve.headers)).json()["items"] == []
    assert (await town.client.get(OWN, headers=agent.headers)).status_code == 403


async def test_nothing_is_left_of_a_draft_that_its_author_throws_away(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    draft = (await propose(town, ada, draft=True)).json()
    await joined(town, ada, draft, bob)
    await invite(town, ada, draft)
    changed = (await edit(town, bob, draft)).json()
    assert code(await withdraw(town, bob, changed)) == (403, "forbidden")
    assert (await withdraw(town, ada, changed)).status_code == 204
    for table in ("", "_version", "_co_author", "_invitation", "_follower"):
        assert await town.count(f"proposal{table}") == 0, table
    assert (await own(town, ada, draft)).status_code == 404
    assert await town.count("outbox") == 0


async def test_two_publications_are_one(town: Town) -> None:
    ada = town.service.citizen()
    draft = (await propose(town, ada, draft=True)).json()
    answers = await asyncio.gather(*(publish(town, ada, draft) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert await published_events(town) == 1


async def test_a_draft_goes_with_its_authors_account(town: Town) -> None:
    absorbed, kept = town.service.citizen(), town.service.citizen()
    draft = (await propose(town, absorbed, draft=True)).json()
    token = (await invite(town, absorbed, draft)).json()["token"]
    await hear(town.service, merged(absorbed, kept))
    assert (await own(town, kept, draft)).status_code == 200
    assert code(await answer(town, kept, draft, token)) == (403, "invitation-not-valid"), "it is theirs already"
    assert (await publish(town, kept, draft)).status_code == 201


async def test_drafts_that_nobody_changes_go_some_time_after(town: Town) -> None:
    ada, database = town.service.citizen(), town.service.runtime.database
    draft, other = [(await propose(town, ada, draft=True)).json() for _ in range(2)]
    await propose(town, ada)
    await database.pool.execute(
        "UPDATE proposal SET changed_at = now() - interval '200 days' WHERE id = $1", draft["id"]
    )
    now = datetime.now(UTC)
    assert await forget_drafts(database, 201, now) == 0
    assert [await forget_drafts(database, 199, now) for _ in range(2)] == [1, 0]
    assert (await own(town, ada, draft)).status_code == 404
    assert await forget_drafts(database, 199, now + timedelta(days=200)) == 1
    assert (await own(town, ada, other)).status_code == 404
    assert await town.count("proposal") == 1, "what is published stays"
