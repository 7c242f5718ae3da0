# SPDX-License-Identifier: EUPL-1.2
"""Who writes what is discussed, and who is answered, is told of comments together and not of their own."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from co_author_town import joined
from comment_town import Thread
from merged_accounts import hear, merged
from moderation_town import REMOVE, ModerationTown
from participation_town import Town
from proposal_town import propose, withdraw
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_participation.db import discussion_tellings
from parvis_participation.db.telling_tables import DiscussionTelling
from parvis_participation.service import tell_discussions as tell_discussions_module
from parvis_participation.service.tell_discussions import tell_discussions

WAIT, REST = timedelta(minutes=10), timedelta(hours=6)
_SAID = "SELECT data FROM outbox WHERE type = 'fr.parvis.participation.discussion-news-told.v1'"


async def told(town: Town, **after: float) -> list[tuple[str, int, int]]:
    """Who has been told of how many comments, and answers, once the worker looked after that time."""
    await tell_discussions(town.service.runtime.database, WAIT, REST, datetime.now(UTC) + timedelta(**after))
    rows = [json.loads(row["data"]) for row in await town.service.runtime.database.pool.fetch(_SAID)]
    return sorted((row["person"], row["comments"], row["replies"]) for row in rows)


async def test_writers_are_told_of_comments_and_who_is_answered_of_answers_all_at_once(town: Town) -> None:
    ada, eve, bob, zoe = (town.service.citizen() for _ in range(4))
    proposal = (await propose(town, ada)).json()
    await joined(town, ada, proposal, eve)
    thread = Thread(town.service, "proposal", proposal)
    first = (await thread.write(bob)).json()
    for who in (ada, zoe, bob):
        assert (await thread.write(who, parent=first)).status_code == 201
    gone = (await thread.write(zoe)).json()
    assert (await thread.withdraw(zoe, gone)).status_code == 204
    assert await told(town, minutes=9) == [], "what was just written may be taken back"
    expected = sorted([(ada.subject, 3, 0), (eve.subject, 4, 0), (bob.subject, 2, 2)])
    for _ in range(2):
        assert await told(town, minutes=11) == expected
    rows = await town.service.runtime.database.pool.fetch(_SAID)
    assert {json.loads(row["data"])["subject_id"] for row in rows} == {proposal["id"]}


async def test_a_lively_discussion_rests_and_is_told_of_together_afterwards(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    thread = Thread(town.service, "proposal", (await propose(town, ada)).json())
    await thread.write(bob)
    assert await told(town, minutes=11) == [(ada.subject, 1, 0)]
    for _ in range(3):
        await thread.write(bob)
    assert await told(town, hours=6) == [(ada.subject, 1, 0)]
    assert await told(town, hours=6.5) == sorted([(ada.subject, 1, 0), (ada.subject, 3, 0)])
    assert await town.count("discussion_rest") == 1
    await told(town, hours=13)
    assert await town.count("discussion_rest") == 0


async def test_what_an_author_says_themselves_keeps_nobody_from_telling_them_of_an_answer(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    thread = Thread(town.service, "proposal", (await propose(town, ada)).json())
    said = (await thread.write(ada)).json()
    assert await told(town, minutes=11) == []
    await thread.write(bob, parent=said)
    assert await told(town, minutes=22) == [(ada.subject, 1, 1)]


async def test_of_a_consultation_who_is_answered_is_told_and_nobody_of_answers_to_what_is_gone(
    moderating: ModerationTown, town: Town
) -> None:
    ada, bob, eve = (town.service.citizen() for _ in range(3))
    thread = Thread(town.service, "consultation", await town.opened())
    kept, removed = (await thread.write(ada)).json(), (await thread.write(bob)).json()
    for parent in (kept, removed):
        assert (await thread.write(eve, parent=parent)).status_code == 201
    case = await moderating.opened(removed)
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    assert await told(town, minutes=11) == [(ada.subject, 1, 1)]


async def test_a_withdrawn_proposal_concerns_its_author_no_more(town: Town) -> None:
    ada, bob = town.service.citizen(), town.service.citizen()
    proposal = (await propose(town, ada)).json()
    await Thread(town.service, "proposal", proposal).write(bob)
    assert (await withdraw(town, ada, proposal)).status_code == 204
    assert await told(town, minutes=11) == []


async def test_who_turns_out_to_have_two_accounts_is_not_told_of_their_own_answer(town: Town) -> None:
    other, kept = town.service.citizen(), town.service.citizen()
    thread = Thread(town.service, "consultation", await town.opened())
    await thread.write(other, parent=(await thread.write(kept)).json())
    await hear(town.service, merged(other, kept))
    assert await told(town, minutes=11) == []


async def test_what_stops_half_way_is_told_later_and_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, bob, add, calls = town.service.citizen(), town.service.citizen(), outbox.add, list[Any]()
    thread = Thread(town.service, "consultation", await town.opened())
    for who in (ada, bob):
        mine = (await thread.write(who)).json()
        assert (await thread.write(ada if who is bob else bob, parent=mine)).status_code == 201

    async def broken(session: Any, event: Any) -> None:
        await add(session, event)
        calls.append(event)
        if len(calls) == 2:
            raise RuntimeError

    with monkeypatch.context() as broken_off:
        broken_off.setattr(outbox, "add", broken)
        with pytest.raises(RuntimeError):
            await told(town, minutes=11)
    assert await town.service.runtime.database.pool.fetch(_SAID) == []
    assert await told(town, minutes=11) == sorted([(ada.subject, 1, 1), (bob.subject, 1, 1)])
    assert await town.count("discussion_telling") == 0


@pytest.mark.parametrize("first", ["absorbed", "kept"])
async def test_a_kill_between_two_batches_tells_nobody_twice_by_whatever_account(
    town: Town, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    absorbed, kept, other, writer = (town.service.citizen() for _ in range(4))
    thread = Thread(town.service, "consultation", await town.opened())
    for who in (absorbed, kept, other):
        assert (await thread.write(writer, parent=(await thread.write(who)).json())).status_code == 201
    pool, rounds = town.service.runtime.database.pool, list[int]()
    early = absorbed if first == "absorbed" else kept

    async def stopping(session: AsyncSession, limit: int) -> Sequence[DiscussionTelling]:
        rounds.append(limit)
        if len(rounds) == 2:
            raise RuntimeError
        wanted = select(DiscussionTelling).where(DiscussionTelling.person == UUID(early.subject))
        return (await session.scalars(wanted)).all()

    with monkeypatch.context() as killed:
        killed.setattr(discussion_tellings, "some", stopping)
        with pytest.raises(RuntimeError):
            await told(town, minutes=11)
    assert [json.loads(row["data"])["person"] for row in await pool.fetch(_SAID)] == [early.subject]
    await hear(town.service, merged(absorbed, kept))
    assert await told(town, minutes=11) == sorted([(early.subject, 1, 1), (other.subject, 1, 1)])
    assert await town.count("discussion_telling") == 0


async def test_many_are_told_some_at_a_time(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell_discussions_module, "_PEOPLE", 2)
    people, writer = [town.service.citizen() for _ in range(5)], town.service.citizen()
    thread = Thread(town.service, "consultation", await town.opened())
    for who in people:
        assert (await thread.write(writer, parent=(await thread.write(who)).json())).status_code == 201
    assert await told(town, minutes=11) == sorted((who.subject, 1, 1) for who in people)
    pool = town.service.runtime.database.pool
    assert await pool.fetchval(f"SELECT count(DISTINCT xmin::text) FROM ({_SAID.replace('data', 'xmin')}) x") == 3
