# SPDX-License-Identifier: EUPL-1.2
"""Who offers or answers amendments, and who signs petitions, is told what becomes of them: once, and nobody else."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from amendment_town import amend, answer
from co_author_town import joined
from merged_accounts import hear, merged
from moderation_town import KEEP, REMOVE, ModerationTown
from participation_town import Town
from petition_town import admitted, shown, sign
from petition_town import withdraw as withdraw_petition
from proposal_town import propose, verified, withdraw

from parvis_participation.service.tell_people import tell_people

_SAID = "SELECT data FROM outbox WHERE type LIKE $1 ORDER BY occurred_at, id"


async def said(town: Town, name: str) -> list[dict[str, Any]]:
    """What the events of that name say, once the worker has told everybody."""
    await tell_people(town.service.runtime.database, datetime.now(UTC))
    rows = await town.service.runtime.database.pool.fetch(_SAID, f"%.{name}.v1")
    return [json.loads(row["data"]) for row in rows]


async def news(town: Town) -> list[tuple[str, str]]:
    """Of which amendments who was told what: subject and person."""
    return [(each["subject"], each["person"]) for each in await said(town, "amendment-news-told")]


async def test_who_writes_a_proposal_is_told_of_an_amendment_and_who_offered_it_of_the_answer(town: Town) -> None:
    ada, eve, bob = (town.service.citizen() for _ in range(3))
    proposal = (await propose(town, ada)).json()
    await joined(town, ada, proposal, eve)
    first, second = [(await amend(town, bob, proposal)).json() for _ in range(2)]
    own = (await amend(town, eve, proposal, title="Trois bancs")).json()
    offered = await news(town)
    assert sorted(offered[:4]) == sorted([("offered", who.subject) for who in (ada, eve)] * 2)
    assert offered[4:] == [("offered", ada.subject)], "nobody is told of what they offer themselves"
    assert (await answer(town, ada, first, "La gare a des bancs.")).status_code == 201
    assert (await answer(town, ada, second)).status_code == 201
    assert (await answer(town, eve, own, "Deux suffisent.")).status_code == 201
    assert (await news(town))[5:] == [("rejected", bob.subject), ("accepted", bob.subject)]
    (told,) = [each for each in await said(town, "amendment-news-told") if each["subject"] == "accepted"]
    assert (told["amendment_id"], told["proposal_id"]) == (second["id"], proposal["id"])


async def test_whose_amendment_was_overtaken_is_told_once_and_so_is_whose_proposal_is_withdrawn(town: Town) -> None:
    ada, bob, absorbed, kept = (town.service.citizen() for _ in range(4))
    proposal = (await propose(town, ada)).json()
    first, second = [(await amend(town, bob, proposal, description=text)).json() for text in ("Ici.", "Là-bas.")]
    waiting = (await amend(town, absorbed, proposal, title="Trois bancs")).json()
    assert (await answer(town, ada, first)).status_code == 201
    for _ in range(2):
        assert (await answer(town, ada, second)).json()["code"] == "amendment-conflicts"
    assert (await news(town))[-2:] == [("accepted", bob.subject), ("conflicting", bob.subject)]
    changed = (await town.client.get(f"/v1/collectivities/paris/proposals/{proposal['id']}")).json()
    assert (await withdraw(town, ada, changed)).status_code == 204
    await hear(town.service, merged(absorbed, kept))
    told = (await said(town, "amendment-news-told"))[5:]
    lapsed = {each["amendment_id"]: each["person"] for each in told}
    assert lapsed == {second["id"]: bob.subject, waiting["id"]: kept.subject}, "what is answered does not lapse"
    assert {each["subject"] for each in told} == {"lapsed"}
    assert await town.count("person_telling") == 0


async def test_signers_who_want_to_know_are_told_that_a_petition_is_removed_and_why_and_that_it_is_back(
    moderating: ModerationTown, town: Town
) -> None:
    author, told, silent = verified(town), verified(town), verified(town)
    petition = await admitted(town, author)
    for who, wants in ((author, True), (told, True), (silent, False)):
        assert (await sign(town, who, petition, told=wants)).status_code == 200
    case = await moderating.opened(petition, kind="petition")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    removed = await said(town, "petition-news-told")
    assert [(each["subject"], each["ground"], each["signer"]) for each in removed] == [
        ("removed", REMOVE["ground"], told.subject)
    ]
    assert await said(town, "petition-news-told") == removed, "once"
    await moderating.reversed(author, case, KEEP)
    back = (await said(town, "petition-news-told"))[1:]
    assert [(each["subject"], each["ground"], each["signer"]) for each in back] == [("restored", None, told.subject)]


async def test_who_was_not_told_yet_that_a_petition_is_removed_is_not_told_that_it_is_back(
    moderating: ModerationTown, town: Town
) -> None:
    author, first, second = verified(town), verified(town), verified(town)
    petition, pool = await admitted(town, author), town.service.runtime.database.pool
    for signer in (first, second):
        assert (await sign(town, signer, petition, told=True)).status_code == 200
    case = await moderating.opened(petition, kind="petition")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    assert await pool.execute("DELETE FROM person_telling WHERE person = $1", UUID(first.subject)) == "DELETE 1"  # told
    await moderating.reversed(author, case, KEEP)
    told = [(each["subject"], each["signer"]) for each in await said(town, "petition-news-told")]
    assert told == [("restored", first.subject)]


async def test_what_was_not_told_yet_of_a_petition_is_overtaken(moderating: ModerationTown, town: Town) -> None:
    author, signer = verified(town), verified(town)
    petition = await admitted(town, author)
    assert (await sign(town, signer, petition, told=True)).status_code == 200
    case = await moderating.opened(petition, kind="petition")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    await said(town, "petition-news-told")
    await moderating.reversed(author, case, KEEP)
    assert (await withdraw_petition(town, author, await shown(town, petition))).status_code == 204
    assert [each["subject"] for each in await said(town, "petition-news-told")] == ["removed", "withdrawn"]


async def test_signers_are_told_of_a_petition_that_its_author_withdrew_though_nothing_says_any_more_who_signed(
    town: Town,
) -> None:
    author, signer = verified(town), verified(town)
    petition = await admitted(town, author)
    assert (await sign(town, signer, petition, told=True)).status_code == 200
    assert (await withdraw_petition(town, author, await shown(town, petition))).status_code == 204
    assert await town.count("petition_signature") == 0
    (told,) = await said(town, "petition-news-told")
    assert (told["subject"], told["signer"], told["petition_id"]) == ("withdrawn", signer.subject, petition["id"])
    assert await town.count("person_telling") == 0
