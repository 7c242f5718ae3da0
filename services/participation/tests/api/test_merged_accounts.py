# SPDX-License-Identifier: EUPL-1.2
"""Who turns out to have had two accounts answers once and votes once."""

import asyncio
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import petition_town
import pytest
from aiokafka import AIOKafkaProducer
from budget_town import BudgetTown
from co_author_town import answer, invite
from comment_town import Thread
from letters_of import Letters
from meeting_town import announced
from merged_accounts import handlers, hear, merged
from moderation_town import ModerationTown
from participation_town import Town
from poll_town import PollTown, approve
from proposal_town import propose

from parvis_kit.messaging.consumer import Consumer
from parvis_kit.messaging.events import Record
from parvis_letters import settling
from parvis_letters.burying import bury
from parvis_local.topics import create_topics
from parvis_participation.consumers import people
from parvis_testing import Caller


async def voted(polling: PollTown, voter: Caller, poll: dict[str, object]) -> str:
    answer = await polling.cast(voter, poll, approve("park"))
    return "yes" if answer.status_code == 200 else str(answer.json()["code"])


async def one_waits(town: Town) -> None:
    """Until something waits for an advisory lock in the town's database."""
    waiting = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    async with asyncio.timeout(30):
        while not await town.service.runtime.database.pool.fetchval(waiting):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)


async def test_a_vote_under_the_absorbed_account_is_the_only_one(polling: PollTown) -> None:
    poll, absorbed, kept = await polling.open(), polling.voter(), polling.voter()
    assert await voted(polling, absorbed, poll) == "yes"
    told = merged(absorbed, kept)
    for _ in range(2):
        await hear(polling.service, told)
        for account in (absorbed, kept):
            assert await voted(polling, account, poll) == "already-voted"
    assert (await polling.rows("poll_urn"), await polling.rows("poll_roll"), await polling.rows("poll_hold")) == (
        1,
        2,
        1,
    )


async def test_who_has_not_voted_votes_once_under_the_account_that_stays(polling: PollTown) -> None:
    poll, absorbed, kept = await polling.open(), polling.voter(), polling.voter()
    told = merged(absorbed, kept)
    await hear(polling.service, told, told)
    assert await voted(polling, absorbed, poll) == "already-voted", "its token may live a moment longer"
    assert await voted(polling, kept, poll) == "yes"
    await hear(polling.service, told)
    assert await voted(polling, kept, poll) == "already-voted"
    assert await polling.rows("poll_urn") == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_vote_is_carried_along_a_chain_of_merges_whatever_their_order(
    polling: PollTown, order: tuple[int, int]
) -> None:
    poll = await polling.open()
    first, second, third = polling.voter(), polling.voter(), polling.voter()
    assert await voted(polling, first, poll) == "yes"
    chain = [merged(first, second), merged(second, third)]
    await hear(polling.service, *(chain[place] for place in order))
    assert await voted(polling, third, poll) == "already-voted"


async def test_what_was_cast_under_both_stays_and_held_entries_are_counted_as_no_votes(polling: PollTown) -> None:
    poll, absorbed, kept = await polling.open(), polling.voter(), polling.voter()
    for account in (absorbed, kept):
        assert await voted(polling, account, poll) == "yes"
    await hear(polling.service, merged(absorbed, kept), merged(polling.voter(), polling.voter()))
    polling.when("after")
    counted = await polling.count(poll)
    assert counted.status_code == 201, counted.text
    record = json.loads(await polling.service.runtime.database.pool.fetchval("SELECT record FROM poll"))
    assert (record["roll"], record["cast"]) == (2, 2)


async def test_a_ballot_in_the_same_instant_lets_nobody_vote_twice(polling: PollTown) -> None:
    poll = await polling.open()
    pairs = [(polling.voter(), polling.voter()) for _ in range(10)]
    for absorbed, kept in pairs:
        await asyncio.gather(voted(polling, absorbed, poll), hear(polling.service, merged(absorbed, kept)))
        await voted(polling, kept, poll)
    assert await polling.rows("poll_urn") == len(pairs)


async def test_of_two_answers_the_first_stands_and_one_alone_moves(town: Town) -> None:
    consultation, other = await town.opened(), await town.opened()
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await town.answer(absorbed, consultation, "yes")
    await town.answer(kept, consultation, "no")
    await town.answer(absorbed, other, "no")
    told = merged(absorbed, kept)
    await hear(town.service, told, told)
    assert await town.counts(consultation) == {"yes": 1, "no": 0}
    assert await town.counts(other) == {"yes": 0, "no": 1}
    for asked in (consultation, other):
        assert (await town.answer(kept, asked, "yes")).json()["code"] == "already-answered"


async def test_the_last_token_of_the_absorbed_account_answers_as_the_kept_one(town: Town) -> None:
    consultation, other = await town.opened(), await town.opened()
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await town.answer(kept, consultation, "yes")
    await hear(town.service, merged(absorbed, kept))
    assert (await town.answer(absorbed, consultation, "no")).json()["code"] == "already-answered"
    assert (await town.answer(absorbed, other, "no")).status_code == 201
    assert (await town.answer(kept, other, "yes")).json()["code"] == "already-answered"
    assert (await town.counts(consultation), await town.counts(other)) == ({"yes": 1, "no": 0}, {"yes": 0, "no": 1})


async def test_an_answer_in_the_same_instant_lets_nobody_answer_twice(town: Town) -> None:
    consultation = await town.opened()
    pairs = [(town.service.citizen(), town.service.citizen()) for _ in range(5)]
    for absorbed, kept in pairs:
        await asyncio.gather(
            town.answer(absorbed, consultation, "yes"), hear(town.service, merged(absorbed, kept)),
            town.answer(kept, consultation, "yes"),
        )  # fmt: skip
        await town.answer(kept, consultation, "yes")
    assert await town.counts(consultation) == {"yes": len(pairs), "no": 0}


async def test_an_answer_waits_for_a_merge_that_is_being_written_and_sees_it(town: Town) -> None:
    consultation, (absorbed, kept) = await town.opened(), (town.service.citizen(), town.service.citizen())
    await town.answer(kept, consultation, "yes")
    async with town.service.runtime.database.unit_of_work() as uow:
        event = merged(absorbed, kept)
        await handlers(town.service)[event.type](event, uow.session)
        late = asyncio.create_task(town.answer(absorbed, consultation, "no"))
        await one_waits(town)
        await uow.commit()
    # On a machine that is very slow the wait may have been too long for it; never is the answer a second one.
    assert (await late).json()["code"] in {"already-answered", "request-in-progress"}
    assert await town.counts(consultation) == {"yes": 1, "no": 0}


async def test_a_closed_consultation_stays_as_it_was_counted(town: Town) -> None:
    consultation = await town.opened()
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await town.answer(absorbed, consultation, "yes")
    await town.answer(kept, consultation, "no")
    assert (await town.act(town.service.agent(), consultation, "close")).status_code == 201
    await hear(town.service, merged(absorbed, kept))
    assert await town.counts(consultation) == {"yes": 1, "no": 1}


async def test_projects_are_edited_from_the_account_that_stays(budgeting: BudgetTown) -> None:
    budget, absorbed, kept = await budgeting.published(), budgeting.service.citizen(), budgeting.service.citizen()
    budgeting.when("deposit")
    project = (await budgeting.deposit(absorbed, budget)).json()
    assert (await budgeting.edit(kept, project)).status_code == 403
    told = merged(absorbed, kept)
    await hear(budgeting.service, told, told)
    assert (await budgeting.edit(absorbed, project)).status_code == 403, "its token may live a moment longer"
    edited = await budgeting.edit(kept, project, title="Un verger")
    assert (edited.status_code, edited.json()["title"]) == (200, "Un verger")


async def test_comments_are_changed_from_the_account_that_stays(town: Town) -> None:
    thread = Thread(town.service, "consultation", await town.opened())
    absorbed, kept = town.service.citizen(), town.service.citizen()
    comment = (await thread.write(absorbed)).json()
    await hear(town.service, merged(absorbed, kept))
    assert (await thread.edit(absorbed, comment, "Non.")).status_code == 403
    assert (await thread.edit(kept, comment, "Oui !")).status_code == 200


@pytest.mark.kafka
async def test_the_worker_hears_of_it_over_kafka_once_and_by_a_mended_letter(polling: PollTown, bootstrap: str) -> None:
    poll, absorbed, kept = await polling.open(), polling.voter(), polling.voter()
    assert await voted(polling, absorbed, poll) == "yes"
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, people.TOPICS)
    runtime, event = polling.service.runtime, merged(absorbed, kept)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        for _ in range(2):
            await producer.send_and_wait(
                event.topic, event.value(), key=str(event.key).encode(), headers=event.headers()
            )
    heard = Consumer(
        "participation-people",
        people.TOPICS,
        handlers(polling.service),
        bury,
        database=runtime.database,
        bootstrap_servers=bootstrap,
        fetch_max_wait_ms=50,
    )
    task = asyncio.create_task(heard.run())
    try:
        while await polling.rows("poll_hold") == 0:  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)
        second, third = await mended_merge(polling, poll)
        while await polling.rows("poll_hold") == 1:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.05)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert await voted(polling, kept, poll) == "already-voted"
    assert await voted(polling, third, poll) == "already-voted", "who was merged by a letter"
    assert await voted(polling, second, poll) == "already-voted"
    assert (await polling.rows("poll_hold"), await polling.rows("inbox")) == (2, 2)


@pytest.mark.parametrize("act", ["answers", "registers", "withdraws", "edits", "reports"])
async def test_who_waits_for_a_merge_holds_nothing_that_it_may_lock(
    town: Town, moderating: ModerationTown, act: str
) -> None:
    ada, bob, pool = town.service.citizen(), town.service.citizen(), town.service.runtime.database.pool
    if act in {"answers", "reports"}:
        proposal = (await propose(town, ada)).json()
        table, row = "proposal", proposal["id"]
        if act == "reports":
            acting = moderating.report(bob, proposal, kind="proposal")
        else:
            acting = answer(town, bob, proposal, (await invite(town, ada, proposal)).json()["token"])
    elif act == "edits":
        petition = (await petition_town.submit(town, bob)).json()
        table, row, acting = "petition", petition["id"], petition_town.edit(town, bob, petition)
    else:
        meeting = await announced(town)
        acting = meeting.mine(bob, "PUT" if act == "registers" else "DELETE")
        table, row = "meeting", meeting.id
    async with pool.acquire() as merging:
        async with merging.transaction():
            await merging.execute("SELECT pg_advisory_xact_lock(hashtextextended('merged-accounts', 0))")
            task = asyncio.create_task(acting)
            await one_waits(town)
            await merging.execute(f"SELECT FROM {table} WHERE id = $1 FOR UPDATE NOWAIT", UUID(row))
        assert (await task).is_success


async def test_who_reports_waits_for_what_they_write_before_taking_what_they_report(
    town: Town, moderating: ModerationTown
) -> None:
    ada, bob, pool = town.service.citizen(), town.service.citizen(), town.service.runtime.database.pool
    proposal = (await propose(town, ada)).json()
    async with pool.acquire() as writing:
        async with writing.transaction():
            await writing.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"writing {bob.subject}")
            task = asyncio.create_task(moderating.report(bob, proposal, kind="proposal"))
            await one_waits(town)
            await writing.execute("SELECT FROM proposal WHERE id = $1 FOR SHARE NOWAIT", UUID(proposal["id"]))
        assert (await task).status_code == 201


async def mended_merge(polling: PollTown, poll: dict[str, object]) -> tuple[Caller, Caller]:
    """A merge that came broken, mended and sent again by an operator."""
    letters = Letters(polling.service)
    absorbed, kept = polling.voter(), polling.voter()
    assert await voted(polling, absorbed, poll) == "yes"
    told = merged(absorbed, kept)
    record = Record(told.topic, 0, 7, str(told.key).encode(), b"{", tuple(told.headers()))
    (letter,) = await letters.bury(record)
    data = told.data | {"sequence": told.sequence}
    refused = await letters.post(f"{letter}/redrives", {"data": data})
    assert (refused.status_code, refused.json()["code"]) == (409, "dead-letter-not-mendable"), "no town merges accounts"
    async with polling.service.runtime.database.unit_of_work() as uow:
        await settling.redrive(uow.session, UUID(letter), "operator", now=datetime.now(UTC), data=data)
        await uow.commit()
    return absorbed, kept
