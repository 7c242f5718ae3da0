# SPDX-License-Identifier: EUPL-1.2
"""Two accounts turn out to be one person's while what they follow is being told: they are told of it once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from accountability_town import follow as follow_proposal
from accountability_town import report
from merged_accounts import hear, merged
from moderation_town import REMOVE, ModerationTown
from participation_town import Town
from petition_town import admitted, sign
from process_town import follow as follow_process
from process_town import published, tell
from proposal_town import propose, verified

from parvis_participation.db import tellings
from parvis_participation.service import follow_process as telling_news
from parvis_participation.service import report_outcome, tell_people
from parvis_testing import Caller

TOLD = "SELECT data FROM outbox WHERE type LIKE $1 ORDER BY occurred_at, id"


async def told(town: Town, event: str, field: str) -> list[str]:
    rows = await town.service.runtime.database.pool.fetch(TOLD, f"%.{event}.v1")
    return [json.loads(row["data"])[field] for row in rows]


class StoppedError(Exception):
    """The worker stops here."""


@pytest.mark.parametrize("absorbed_first", [True, False])
@pytest.mark.parametrize("of", ["process", "proposal"])
async def test_a_follower_by_two_accounts_who_was_told_by_one_is_not_told_by_the_other(
    town: Town, monkeypatch: pytest.MonkeyPatch, of: str, absorbed_first: bool
) -> None:
    service, absorbed, kept, other = town.service, *(verified(town) for _ in range(3))
    first, second = (absorbed, kept) if absorbed_first else (kept, absorbed)
    module = telling_news if of == "process" else report_outcome
    event, telling = (
        ("process-news-told", telling_news.keep_processes)
        if of == "process"
        else ("proposal-milestone-told", report_outcome.tell_milestones)
    )
    subject = await published(town) if of == "process" else (await propose(town, first)).json()
    for who in (first, second, other):
        following = await (follow_process if of == "process" else follow_proposal)(town, who, subject)
        assert following.status_code == 200, following.text
    answer = await (tell(town, subject) if of == "process" else report(town, subject, "accepted"))
    assert answer.status_code == 201, answer.text
    monkeypatch.setattr(module, "_BATCH", 1)
    tell_some, rounds = module._tell_some, list[int]()  # noqa: SLF001 - where a kill falls

    async def stopping(*given: Any) -> Any:
        if rounds:
            raise StoppedError
        rounds.append(1)
        return await tell_some(*given)

    with monkeypatch.context() as patch:
        patch.setattr(module, "_tell_some", stopping)
        with pytest.raises(StoppedError):
            await telling(service.runtime.database, datetime.now(UTC))
    assert await told(town, event, "follower") == [first.subject]
    await hear(service, merged(absorbed, kept))
    await telling(service.runtime.database, datetime.now(UTC))
    assert await told(town, event, "follower") == [first.subject, other.subject]
    rows = await service.runtime.database.pool.fetch(f"SELECT person FROM {of}_follower ORDER BY id")
    assert [str(row["person"]) for row in rows] == [kept.subject, other.subject]


async def removed(moderating: ModerationTown, town: Town, *signers: Caller) -> None:
    """A petition that they signed and want to know of is removed."""
    petition = await admitted(town, verified(town), verified=False)
    for signer in signers:
        assert (await sign(town, signer, petition, told=True)).status_code == 200
    case = await moderating.opened(petition, kind="petition")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201


async def test_who_signed_by_two_accounts_and_was_told_by_neither_is_told_once(
    moderating: ModerationTown, town: Town
) -> None:
    absorbed, kept = town.service.citizen(), town.service.citizen()
    await removed(moderating, town, absorbed, kept)
    await hear(town.service, merged(absorbed, kept))
    await tell_people.tell_people(town.service.runtime.database, datetime.now(UTC))
    assert await told(town, "petition-news-told", "signer") == [kept.subject]
    assert await town.count("person_telling") == 0


@pytest.mark.parametrize("told_first", ["absorbed", "kept"])
async def test_who_signed_by_two_accounts_and_was_told_by_one_is_not_told_by_the_other(
    moderating: ModerationTown, town: Town, monkeypatch: pytest.MonkeyPatch, told_first: str
) -> None:
    database, absorbed, kept, other = town.service.runtime.database, *(town.service.citizen() for _ in range(3))
    await removed(moderating, town, absorbed, kept, other)
    first = absorbed if told_first == "absorbed" else kept
    await database.pool.execute(
        "UPDATE person_telling SET id = '00000000-0000-4000-8000-000000000000' WHERE person = $1", UUID(first.subject)
    )
    some, rounds = tellings.some, list[int]()

    async def stopping(*given: Any) -> Any:
        if rounds:
            raise StoppedError
        rounds.append(1)
        return await some(*given)

    monkeypatch.setattr(tell_people, "_BATCH", 1)
    with monkeypatch.context() as patch:
        patch.setattr(tellings, "some", stopping)
        with pytest.raises(StoppedError):
            await tell_people.tell_people(database, datetime.now(UTC))
    assert await told(town, "petition-news-told", "signer") == [first.subject]
    await hear(town.service, merged(absorbed, kept))
    await tell_people.tell_people(database, datetime.now(UTC))
    assert await told(town, "petition-news-told", "signer") == [first.subject, other.subject]
    assert await town.count("person_telling") == 0


async def test_who_was_told_the_answer_by_one_account_is_not_told_it_by_the_other(town: Town) -> None:
    pool, absorbed, kept = town.service.runtime.database.pool, town.service.citizen(), town.service.citizen()
    petition = await admitted(town, verified(town), verified=False)
    for signer in (absorbed, kept):
        assert (await sign(town, signer, petition, told=True)).status_code == 200
    at = datetime.now(UTC) - timedelta(minutes=1)
    await pool.execute("UPDATE petition_signature SET told_at = $2 WHERE person = $1", UUID(absorbed.subject), at)
    await hear(town.service, merged(absorbed, kept))
    (row,) = await pool.fetch("SELECT person, told, told_at FROM petition_signature")
    assert tuple(row) == (UUID(kept.subject), True, at)
