# SPDX-License-Identifier: EUPL-1.2
"""People offer other words for a proposal; those who write it take them in, or say why they do not."""

import asyncio
import threading
from typing import Any
from uuid import UUID

import httpx
from amendment_town import GARE, amend, answer, seen_headers, take_back
from co_author_town import joined
from merged_accounts import hear, merged
from moderation_town import KEEP, REMOVE, ModerationTown
from participation_town import Town
from proposal_town import BODY, LIST, edit, propose, withdraw

from parvis_participation.domain.amendment import DAILY


async def read(town: Town, amendment: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await town.client.get(f"/v1/collectivities/paris/amendments/{amendment['id']}")).json()
    return found


async def shown(town: Town, proposal: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await town.client.get(f"{LIST}/{proposal['id']}")).json()
    return found


def code(refused: httpx.Response) -> tuple[int, str]:
    return refused.status_code, refused.json()["code"]


async def test_an_accepted_amendment_is_the_next_version_and_everybody_reads_what_it_changed(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    made = await amend(town, bob, proposal)
    amendment = made.json()
    assert (made.status_code, amendment["state"], amendment["base_version"]) == (201, "proposed", 1)
    assert amendment["title_changes"] == [{"change": "same", "text": "Des bancs"}]
    assert [each for each in amendment["description_changes"] if each["change"] != "same"] == [
        {"change": "removed", "text": "mairie"}, {"change": "added", "text": "gare"},
    ]  # fmt: skip
    assert (await town.client.get(made.headers["location"])).json() == amendment
    assert (await shown(town, proposal))["description"] == BODY["description"], "nothing changes by itself"
    assert bob.subject not in made.text
    assert code(await answer(town, bob, amendment)) == (403, "forbidden")
    assert code(await answer(town, ada, amendment | {"version": 2})) == (412, "precondition-failed")
    accepted = await answer(town, ada, amendment)
    assert (accepted.status_code, accepted.json()["state"], accepted.json()["made_version"]) == (201, "accepted", 2)
    now = await shown(town, proposal)
    assert (now["description"], now["version"], now["author"]) == (GARE, 2, proposal["author"])
    assert (now["estimate"], now["position"]) == (proposal["estimate"], proposal["position"])
    compared = (await town.client.get(f"{LIST}/{proposal['id']}/comparisons?before=1")).json()
    assert (compared["before"], compared["after"]) == (1, 2)
    assert compared["description"] == amendment["description_changes"]
    assert (await town.client.get(f"{LIST}/{proposal['id']}/comparisons")).json() == compared
    assert (await town.client.get(f"{LIST}/{proposal['id']}/comparisons?after=1")).status_code == 404
    back = (await town.client.get(f"{LIST}/{proposal['id']}/comparisons?before=2&after=1")).json()
    assert [each["text"] for each in back["description"] if each["change"] == "added"] == ["mairie"]
    assert (await town.client.get(f"{LIST}/{proposal['id']}/comparisons?before=3")).status_code == 404
    assert code(await answer(town, ada, accepted.json())) == (409, "amendment-state")
    assert code(await take_back(town, bob, accepted.json())) == (409, "amendment-state")


async def test_a_refusal_says_why_and_stays_to_be_read(town: Town) -> None:
    ada, bob, eve = (town.service.citizen() for _ in range(3))
    proposal = (await propose(town, ada)).json()
    await joined(town, ada, proposal, eve)
    amendment = (await amend(town, bob, proposal)).json()
    path = f"/v1/amendments/{amendment['id']}/answers"
    bare = await town.client.post(path, json={"accepting": False}, headers=seen_headers(eve, 1))
    assert (bare.status_code, bare.json()["errors"][0]["pointer"]) == (422, "/answer")
    refused = await answer(town, eve, amendment, "La gare a des bancs.")
    assert (refused.status_code, refused.json()["state"]) == (201, "rejected"), "co-authors answer, too"
    (listed,) = (await town.client.get(f"{LIST}/{proposal['id']}/amendments")).json()["items"]
    assert (listed["state"], listed["answer"], listed["made_version"]) == ("rejected", "La gare a des bancs.", None)
    assert (await shown(town, proposal))["version"] == 1


async def test_amendments_of_one_version_come_together_unless_they_touch(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    place, number, other = [
        (await amend(town, bob, proposal, **changes)).json()
        for changes in ({}, {"title": "Trois bancs", "description": BODY["description"]}, {"description": "À l'ombre."})
    ]
    for each in (place, number):
        assert (await answer(town, ada, each)).status_code == 201
    now = await shown(town, proposal)
    assert (now["title"], now["description"], now["version"]) == ("Trois bancs", GARE, 3)
    assert code(await answer(town, ada, other)) == (409, "amendment-conflicts")
    assert (await read(town, other))["state"] == "proposed", "and can still be refused"
    assert (await shown(town, proposal))["version"] == 3
    stale = await amend(town, bob, proposal)
    assert code(stale) == (412, "precondition-failed")
    same = await amend(town, bob, now, title=now["title"], description=now["description"])
    assert (same.status_code, same.json()["errors"][0]["pointer"]) == (422, "/description")


async def test_two_answers_at_once_are_one(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    amendment = (await amend(town, bob, proposal)).json()
    answers = await asyncio.gather(
        *(answer(town, ada, amendment, text) for text in (None, "Non.", None, "Non.")), take_back(town, bob, amendment)
    )
    assert sorted(each.status_code for each in answers)[1:] == [409] * 4
    version = (await shown(town, proposal))["version"]
    assert version == (2 if (await read(town, amendment))["state"] == "accepted" else 1)


async def test_withdrawn_words_are_gone_those_of_a_withdrawn_proposal_too(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    first, second, third = [(await amend(town, bob, proposal)).json() for _ in range(3)]
    assert (await take_back(town, ada, first)).status_code == 403
    assert (await take_back(town, bob, first)).status_code == 204
    gone = await read(town, first)
    assert (gone["state"], gone["title"], gone["reasons"], gone["description_changes"]) == ("withdrawn", None, None, [])
    await answer(town, ada, second, "La poste suffit.")
    assert len((await town.client.get(f"{LIST}/{proposal['id']}/amendments")).json()["items"]) == 2
    assert (await withdraw(town, ada, proposal)).status_code == 204
    for each in (second, third):
        assert (await read(town, each))["description"] is None
    kept = await town.service.runtime.database.pool.fetch("SELECT * FROM proposal_amendment")
    assert not any(word in str(dict(row)) for row in kept for word in ("gare", "mairie", "attend", "poste"))
    assert code(await answer(town, ada, third)) == (409, "proposal-gone")
    assert code(await amend(town, bob, proposal)) == (409, "proposal-gone")
    assert code(await town.client.get(f"{LIST}/{proposal['id']}/comparisons?before=1")) == (409, "proposal-gone")
    assert (await town.client.get(f"{LIST}/{proposal['id']}/amendments")).json()["items"] == []


async def test_an_amendment_is_moderated_as_what_else_people_say(town: Town, moderating: ModerationTown) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    amendment = (await amend(town, bob, proposal)).json()
    assert (await moderating.report(bob, amendment, kind="amendment")).status_code == 409, "one's own"
    case = await moderating.opened(amendment, kind="amendment")
    agent = town.service.agent()
    whole = await moderating.read(agent, case)
    assert (whole["kind"], whole["snapshot"]) == ("amendment", f"Des bancs\n\n{GARE}\n\nOn y attend.")
    assert (await moderating.decide(agent, case, REMOVE)).status_code == 201
    gone = await read(town, amendment)
    assert (gone["state"], gone["title"], gone["description_changes"]) == ("removed", None, [])
    assert (await town.client.get(f"{LIST}/{proposal['id']}/amendments")).json()["items"] == []
    assert code(await answer(town, ada, gone)) == (409, "amendment-state")
    refused = await moderating.report(town.service.citizen(), amendment, kind="amendment")
    assert code(refused) == (409, "amendment-gone")
    assert (await moderating.figures())["cases_by_kind"] == {"amendment": 1}
    await moderating.reversed(bob, case, KEEP)
    back = await read(town, amendment)
    assert (back["state"], back["description"]) == ("proposed", GARE)


async def test_what_an_amendment_was_answered_is_moderated_as_the_words_of_who_answered(
    town: Town, moderating: ModerationTown
) -> None:
    ada, bob, agent = town.service.citizen(), town.service.citizen(), town.service.agent()
    amendment = (await amend(town, bob, (await propose(town, ada)).json())).json()
    path = f"/v1/collectivities/paris/amendments/{amendment['id']}"
    early = await moderating.report(bob, amendment, kind="amendment-answer")
    assert early.status_code == 404, "nobody has answered yet"
    answered = (await answer(town, ada, amendment, "Vous ne savez pas lire.")).json()
    assert code(await moderating.report(ada, answered, kind="amendment-answer")) == (409, "conflict"), "one's own"
    case = await moderating.opened(answered, kind="amendment-answer")
    assert (await moderating.report(bob, answered, kind="amendment-answer")).status_code == 201, "whom it is about"
    assert (case["kind"], case["content_id"]) == ("amendment-answer", amendment["id"])
    assert (await moderating.read(agent, case))["snapshot"] == "Vous ne savez pas lire."
    assert (await moderating.decide(agent, case, REMOVE)).status_code == 201
    shown = (await town.client.get(path)).json()
    assert (shown["answer"], shown["reasons"], shown["state"]) == (None, "On y attend.", "rejected")
    told = [(await moderating.told(who))[0]["mine"] for who in (ada, bob)]
    assert told == [True, False], "who answered is told of their own words, who was insulted of a report"
    again = await moderating.report(town.service.citizen(), answered, kind="amendment-answer")
    assert code(again) == (409, "amendment-gone")
    await moderating.reversed(ada, case, KEEP)
    assert (await town.client.get(path)).json()["answer"] == "Vous ne savez pas lire."
    assert (await moderating.figures())["cases_by_kind"] == {"amendment-answer": 1}


async def test_what_was_answered_stays_that_of_who_answered_whatever_their_account(
    town: Town, moderating: ModerationTown
) -> None:
    absorbed, kept, bob = (town.service.citizen() for _ in range(3))
    amendment = (await amend(town, bob, (await propose(town, absorbed)).json())).json()
    answered = (await answer(town, absorbed, amendment, "La gare a des bancs.")).json()
    await hear(town.service, merged(absorbed, kept))
    assert code(await moderating.report(kept, answered, kind="amendment-answer")) == (409, "conflict")


async def test_the_token_of_an_account_that_is_no_more_answers_for_the_one_that_is_left(
    town: Town, moderating: ModerationTown
) -> None:
    absorbed, kept, bob = (town.service.citizen() for _ in range(3))
    proposal = (await propose(town, absorbed)).json()
    refused, accepted = [(await amend(town, bob, proposal)).json() for _ in range(2)]
    await hear(town.service, merged(absorbed, kept))
    answered = (await answer(town, absorbed, refused, "La gare a des bancs.")).json()
    assert answered["state"] == "rejected"
    assert code(await moderating.report(kept, answered, kind="amendment-answer")) == (409, "conflict"), "one's own"
    assert (await answer(town, absorbed, accepted)).json()["made_version"] == 2


async def test_an_amendment_is_its_authors_whatever_their_account_and_its_towns(town: Town) -> None:
    ada, absorbed, kept = (town.service.citizen() for _ in range(3))
    proposal = (await propose(town, ada)).json()
    amendment = (await amend(town, absorbed, proposal)).json()
    await hear(town.service, merged(absorbed, kept))
    stranger = town.service.citizen("lutece")
    for refused in (
        await amend(town, stranger, proposal),
        await answer(town, stranger, amendment),
        await take_back(town, stranger, amendment),
        await town.client.get(f"/v1/collectivities/lutece/amendments/{amendment['id']}"),
    ):
        assert refused.status_code == 404
    assert (await take_back(town, kept, amendment)).status_code == 204


async def test_who_writes_with_a_proposal_held_waits_for_no_reader(town: Town) -> None:
    ada, bob, gate = town.service.citizen(), town.service.citizen(), threading.Event()
    proposal = (await propose(town, ada)).json()
    assert (await answer(town, ada, (await amend(town, bob, proposal)).json(), "Non.")).status_code == 201
    readers = [asyncio.create_task(asyncio.to_thread(gate.wait)) for _ in range(40)]
    try:
        async with asyncio.timeout(20):
            amendment = (await amend(town, bob, proposal)).json()
            assert (await answer(town, ada, amendment)).json()["made_version"] == 2
    finally:
        gate.set()
        await asyncio.gather(*readers)


async def test_nobody_amends_without_end(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    assert (await amend(town, bob, proposal)).status_code == 201
    pool = town.service.runtime.database.pool
    columns = "id, collectivity, proposal_id, person, base_version, state, version, created_at"
    await pool.execute(
        f"INSERT INTO proposal_amendment ({columns})"
        " SELECT gen_random_uuid(), 'paris', $1, $2, 1, 'withdrawn', 1, now() FROM generate_series(2, $3)",
        UUID(proposal["id"]), UUID(bob.subject), DAILY,
    )  # fmt: skip
    assert code(await amend(town, bob, proposal)) == (429, "too-many-contributions")
    assert (await edit(town, ada, proposal)).status_code == 200
