# SPDX-License-Identifier: EUPL-1.2
"""Supports of proposals, and answers to consultations for verified people, count people and not accounts."""

import asyncio
from typing import Any

import pytest
from identity_rolls import Identity, failing
from merged_accounts import hear, merged
from participation_town import Town
from process_town import join, phase, published
from proposal_town import LIST, propose, support, verified

from parvis_testing import Caller


async def proposed(town: Town) -> dict[str, Any]:
    made: dict[str, Any] = (await propose(town, town.service.citizen())).json()
    return made


async def supports(town: Town, proposal: dict[str, Any]) -> int:
    return int((await town.client.get(f"{LIST}/{proposal['id']}")).json()["supports"])


async def own(town: Town, who: Caller, proposal: dict[str, Any]) -> bool:
    answer = await town.client.get(f"/v1/proposals/{proposal['id']}/supports/mine", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["supporting"])


async def asked_of(town: Town, audience: dict[str, Any] | None) -> dict[str, Any]:
    """An open consultation of a process for these."""
    process, made = (
        await published(town, phase("now", -1, "answer-consultation"), audience=audience),
        await town.opened(),
    )
    assert (await join(town, process, "consultation", made)).status_code == 201
    return made


async def test_of_many_supports_at_once_by_two_accounts_of_one_person_one_counts(
    town: Town, identity: Identity
) -> None:
    proposal, one, other, bob = await proposed(town), verified(town), verified(town), verified(town)
    identity.one_person(one.subject, other.subject)
    answers = await asyncio.gather(*(support(town, (one, other)[n % 2], proposal) for n in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await support(town, bob, proposal)).json()["supports"] == 2
    assert {ask["label"] for ask in identity.asked} == {f"participation/proposal/{proposal['id']}"}
    assert [await own(town, who, proposal) for who in (one, other, verified(town))] == [True, True, False]
    for who in (other, one):
        left = (await support(town, who, proposal, supporting=False)).json()
        assert left == {"supporting": False, "supports": 1, "retention_ends_at": None}
        assert not await own(town, one, proposal)
    assert (await support(town, other, proposal)).json()["supports"] == 2


async def test_supports_of_before_become_one_as_the_person_supports_again(town: Town, identity: Identity) -> None:
    proposal, one, other = await proposed(town), verified(town), verified(town)
    for who in (one, other):
        assert (await support(town, who, proposal)).status_code == 200
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE proposal_support SET person_key = NULL")
    identity.one_person(one.subject, other.subject)
    assert (await support(town, one, proposal)).json()["supports"] == 2
    assert (await support(town, other, proposal)).json()["supports"] == 1
    assert await pool.fetchval("SELECT count(person_key) FROM proposal_support") == 1


@pytest.mark.parametrize("both", [False, True], ids=["one-supported", "both-supported"])
async def test_a_merge_leaves_one_support_that_still_stands_for_the_person(
    town: Town, identity: Identity, *, both: bool
) -> None:
    proposal, absorbed, kept, third = await proposed(town), verified(town), verified(town), verified(town)
    assert (await support(town, absorbed, proposal)).status_code == 200
    if both:
        assert (await support(town, kept, proposal)).status_code == 200
        key = "UPDATE proposal_support SET person_key = NULL WHERE person = $1"  # as one of before
        await town.service.runtime.database.pool.execute(key, kept.subject)
    await hear(town.service, merged(absorbed, kept))
    assert await supports(town, proposal) == 1
    identity.people[third.subject] = absorbed.subject
    assert (await support(town, third, proposal)).json()["supports"] == 1


async def test_nothing_is_supported_while_identity_is_away_or_knows_nobody(town: Town, identity: Identity) -> None:
    proposal, one, nobody = await proposed(town), verified(town), verified(town)
    identity.people[nobody.subject] = None
    refused = await support(town, nobody, proposal)
    assert (refused.status_code, refused.json()["code"]) == (403, "identity-not-verified")
    assert not await own(town, nobody, proposal)
    identity.broken = failing
    refused = await support(town, one, proposal)
    assert (refused.status_code, refused.headers["retry-after"].isdigit()) == (503, True)
    assert await town.count("proposal_support") == 0
    identity.broken = None
    assert (await support(town, one, proposal)).status_code == 200
    identity.broken = failing
    assert (await support(town, one, proposal, supporting=False)).status_code == 200, "its own account gave it"


async def test_two_accounts_of_one_person_answer_a_consultation_for_verified_people_once(
    town: Town, identity: Identity
) -> None:
    consultation, one, other = await asked_of(town, {"level": "eidas1"}), verified(town), verified(town)
    identity.one_person(one.subject, other.subject)
    answers = await asyncio.gather(*(town.answer((one, other)[n % 2], consultation) for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already-answered"}
    assert (await town.answer(verified(town), consultation)).status_code == 201
    assert await town.counts(consultation) == {"yes": 2, "no": 0}
    assert {ask["label"] for ask in identity.asked} == {f"participation/consultation/{consultation['id']}"}
    identity.broken = failing
    assert (await town.answer(verified(town), consultation)).status_code == 503


async def test_where_anybody_answers_accounts_count_and_identity_is_not_asked(town: Town, identity: Identity) -> None:
    identity.broken = failing
    for consultation in (await asked_of(town, {"residence": False}), await asked_of(town, None), await town.opened()):
        assert (await town.answer(verified(town), consultation)).status_code == 201


async def test_a_merge_leaves_one_answer_that_still_stands_for_the_person(town: Town, identity: Identity) -> None:
    consultation = await asked_of(town, {"level": "eidas1"})
    absorbed, kept, third = verified(town), verified(town), verified(town)
    for who, option in ((kept, "no"), (absorbed, "yes")):
        assert (await town.answer(who, consultation, option)).status_code == 201
    key = "UPDATE answer SET person_key = NULL WHERE person = $1"  # as one of before
    await town.service.runtime.database.pool.execute(key, kept.subject)
    await hear(town.service, merged(absorbed, kept))
    assert await town.counts(consultation) == {"yes": 0, "no": 1}
    identity.people[third.subject] = absorbed.subject
    assert (await town.answer(third, consultation)).json()["code"] == "already-answered"
