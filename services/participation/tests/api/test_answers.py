# SPDX-License-Identifier: EUPL-1.2
import asyncio
from datetime import UTC, datetime, timedelta

from participation_town import Town


async def test_a_citizen_answers_once_and_the_second_answer_is_refused_by_the_key(town: Town) -> None:
    consultation, citizen = await town.opened(), town.service.citizen()
    assert (await town.answer(citizen, consultation, "yes")).status_code == 201
    second = await town.answer(citizen, consultation, "no")
    assert (second.status_code, second.json()["code"]) == (409, "already-answered")
    assert await town.counts(consultation) == {"yes": 1, "no": 0}


async def test_fifty_answers_of_one_person_at_once_count_as_one(town: Town) -> None:
    consultation, citizen = await town.opened(), town.service.citizen()
    answers = await asyncio.gather(*(town.answer(citizen, consultation) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert await town.counts(consultation) == {"yes": 1, "no": 0}
    assert await town.count("answer") == 1
    told = "SELECT count(*) FROM outbox WHERE type LIKE '%answer-submitted%'"
    assert await town.service.runtime.database.pool.fetchval(told) == 1


async def test_the_counts_of_many_at_once_are_exact(town: Town) -> None:
    consultation = await town.opened()
    options = ["yes"] * 37 + ["no"] * 23
    answers = await asyncio.gather(*(town.answer(town.service.citizen(), consultation, option) for option in options))
    assert {answer.status_code for answer in answers} == {201}
    assert await town.counts(consultation) == {"yes": 37, "no": 23}


async def test_the_same_call_again_gets_the_same_receipt(town: Town) -> None:
    consultation, citizen = await town.opened(), town.service.citizen()
    first = await town.answer(citizen, consultation, key="k")
    again = await town.answer(citizen, consultation, key="k")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.content == first.content


async def test_an_answer_that_cannot_be_is_refused_and_nothing_is_stored(town: Town) -> None:
    citizen, agent = town.service.citizen(), town.service.agent()
    consultation = await town.opened()
    unknown = await town.answer(citizen, consultation, "maybe")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-option")
    later = datetime.now(UTC) + timedelta(hours=1)
    early = await town.opened(opens_at=later.isoformat(), closes_at=(later + timedelta(hours=1)).isoformat())
    refused = await town.answer(citizen, early)
    assert (refused.status_code, refused.json()["code"]) == (409, "consultation-not-open")
    draft = (await town.create(agent)).json()
    assert (await town.answer(citizen, draft)).status_code == 404
    await town.act(agent, consultation, "close")
    assert (await town.answer(citizen, consultation)).json()["code"] == "consultation-not-open"
    assert await town.count("answer") == 0


async def test_agents_and_systems_do_not_answer(town: Town) -> None:
    consultation = await town.opened()
    for caller in (town.service.agent(), town.service.system()):
        assert (await town.answer(caller, consultation)).status_code == 403


async def test_results_are_public_once_closed(town: Town) -> None:
    consultation = await town.opened()
    await town.answer(town.service.citizen(), consultation, "no")
    path = f"/v1/collectivities/paris/consultations/{consultation['id']}/results"
    early = await town.client.get(path)
    assert (early.status_code, early.json()["code"]) == (409, "results-not-yet-public")
    await town.act(town.service.agent(), consultation, "close")
    results = (await town.client.get(path)).json()
    assert (results["total"], results["state"]) == (1, "closed")
