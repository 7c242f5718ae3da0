# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from comment_town import Thread
from moderation_town import KEEP, REMOVE, ModerationTown
from participation_town import Town

from parvis_participation.service.report_content import HOURLY
from parvis_testing import Caller


@pytest.fixture
async def thread(town: Town) -> Thread:
    return Thread(town.service, "consultation", await town.opened())


async def said(thread: Thread, author: Caller, text: str = "Gare à toi.") -> dict[str, Any]:
    made: dict[str, Any] = (await thread.write(author, text)).json()
    return made


async def test_reports_of_what_a_comment_says_are_one_case_with_what_it_said(
    moderating: ModerationTown, thread: Thread
) -> None:
    author, agent = moderating.service.citizen(), moderating.service.agent()
    comment = await said(thread, author)
    first, second = moderating.service.citizen(), moderating.service.citizen()
    reports = await asyncio.gather(
        moderating.report(first, comment), moderating.report(second, comment, "hate"), moderating.report(first, comment)
    )
    assert sorted(answer.status_code for answer in reports) == [201, 201, 409]
    assert {answer.json().get("code") for answer in reports} == {None, "already-reported"}
    await thread.edit(author, comment, "Gare aux trous.")
    (case,) = await moderating.cases(agent)
    whole = await moderating.read(agent, case)
    assert (whole["snapshot"], whole["text"], whole["state"]) == ("Gare à toi.", "Gare aux trous.", "open")
    assert sorted(report["category"] for report in whole["reports"]) == ["hate", "threat"]
    assert not any(person.subject in str(whole) for person in (author, first, second))
    await moderating.report(first, comment)
    assert len(await moderating.cases(agent)) == 2, "what it says now was not reported before"


async def test_a_removal_takes_the_words_away_and_its_author_reads_why(
    moderating: ModerationTown, thread: Thread
) -> None:
    author, agent, other = moderating.service.citizen(), moderating.service.agent(), moderating.service.citizen()
    comment = await said(thread, author, "Premier mot")
    comment = (await thread.edit(author, comment, "Gare à toi.")).json()
    case = await moderating.opened(comment)
    made = await moderating.decide(agent, case, REMOVE)
    assert (made.status_code, made.json()["automated"]) == (201, False)
    assert [(c["state"], c["text"]) for c in await thread.read()] == [("removed", None)]
    assert await thread.former(comment) == []
    assert (await thread.edit(author, comment | {"version": 3}, "Encore")).json()["code"] == "comment-gone"
    assert (await moderating.report(other, comment)).json()["code"] == "comment-gone"
    (told,) = await moderating.told(author)
    reasons = told["decisions"][0]
    assert (told["mine"], told["snapshot"], reasons["outcome"]) == (True, "Gare à toi.", "removed")
    assert (reasons["ground"], reasons["provision"], reasons["facts"]) == (
        "town-rules", "Charter, article 3", "Threatens somebody.",
    )  # fmt: skip
    assert len(reasons["redress"]) == 3
    assert await moderating.told(other) == []
    kept = await moderating.service.runtime.database.pool.fetchval("SELECT text FROM comment")
    assert kept == "Gare à toi.", "nothing is deleted without trace"


async def test_an_appeal_comes_to_another_moderator_and_can_give_the_words_back(
    moderating: ModerationTown, thread: Thread
) -> None:
    author, first, second = moderating.service.citizen(), moderating.service.agent(), moderating.service.agent()
    case = await moderating.opened(await said(thread, author))
    await moderating.decide(first, case, REMOVE)
    assert (await moderating.contest(moderating.service.citizen(), case)).status_code == 403
    assert (await moderating.contest(author, case)).status_code == 201
    assert (await moderating.contest(author, case)).json()["code"] == "not-contestable"
    (contested,) = await moderating.cases(first, "?state=appealed")
    refused = await moderating.decide(first, contested, KEEP)
    assert (refused.status_code, refused.json()["code"]) == (409, "same-moderator")
    assert (await moderating.decide(second, contested, KEEP)).status_code == 201
    assert [(c["state"], c["text"]) for c in await thread.read()] == [("published", "Gare à toi.")]
    data = await moderating.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%moderation-decided%' ORDER BY sequence"
    )
    events = [json.loads(row["data"]) for row in data]
    assert [(e["outcome"], e["state"], e["reversed"], e["author"]) for e in events] == [
        ("removed", "decided", False, author.subject), ("kept", "closed", True, author.subject),
    ]  # fmt: skip
    (told,) = await moderating.told(author)
    assert [(d["round"], d["outcome"], len(d["redress"])) for d in told["decisions"]] == [
        (1, "removed", 3), (2, "kept", 2),
    ]  # fmt: skip
    (closed,) = await moderating.cases(first, "?state=closed")
    assert (await moderating.decide(moderating.service.agent(), closed, REMOVE)).json()["code"] == "case-decided"


async def test_the_database_holds_that_the_appeal_is_decided_by_another(
    moderating: ModerationTown, thread: Thread
) -> None:
    case = await moderating.opened(await said(thread, moderating.service.citizen()))
    with pytest.raises(asyncpg.CheckViolationError):
        await moderating.service.runtime.database.pool.execute(
            "UPDATE moderation_case SET first_moderator = $2, appeal_moderator = $2 WHERE id = $1",
            UUID(case["id"]),
            uuid4(),
        )


async def test_who_reported_may_contest_that_it_was_kept_for_six_months(
    moderating: ModerationTown, thread: Thread
) -> None:
    author, reporter = moderating.service.citizen(), moderating.service.citizen()
    comment = await said(thread, author)
    await moderating.report(reporter, comment)
    (case,) = await moderating.cases(moderating.service.agent())
    await moderating.decide(moderating.service.agent(), case, KEEP)
    assert [c["text"] for c in await thread.read()] == ["Gare à toi."]
    assert [told["mine"] for told in await moderating.told(reporter)] == [False]
    assert (await moderating.contest(author, case)).status_code == 403
    moderating.later(timedelta(days=185))
    assert (await moderating.contest(reporter, case)).json()["code"] == "not-contestable"
    moderating.later(timedelta(days=183))
    assert (await moderating.contest(reporter, case)).status_code == 201


async def test_a_decision_is_a_moderators_of_the_town_on_what_they_saw(
    moderating: ModerationTown, thread: Thread
) -> None:
    author, agent = moderating.service.citizen(), moderating.service.agent()
    comment = await said(thread, author)
    assert (await moderating.report(author, comment)).status_code == 409
    assert (await moderating.report(agent, comment)).status_code == 403
    assert (await moderating.report(moderating.service.citizen("lutece"), comment)).status_code == 404
    case = await moderating.opened(comment)
    assert (await moderating.decide(author, case, REMOVE)).status_code == 403
    assert (await moderating.decide(moderating.service.agent("lutece"), case, REMOVE)).status_code == 404
    assert await moderating.cases(moderating.service.agent("lutece")) == []
    for body in (KEEP | {"ground": "town-rules"}, {k: v for k, v in REMOVE.items() if k != "ground"}):
        refused = await moderating.decide(agent, case, body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/ground")
    answers = await asyncio.gather(*(moderating.decide(moderating.service.agent(), case, REMOVE) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412]


async def test_what_its_author_withdrew_stays_gone_and_its_case_is_decided_all_the_same(
    moderating: ModerationTown, thread: Thread
) -> None:
    author = moderating.service.citizen()
    comment = await said(thread, author)
    case = await moderating.opened(comment)
    assert (await thread.withdraw(author, comment)).status_code == 204
    assert (await moderating.decide(moderating.service.agent(), case, REMOVE)).status_code == 201
    assert [c["state"] for c in await thread.read()] == ["withdrawn"]


async def test_the_figures_tell_what_became_of_reports_and_of_nobody(
    moderating: ModerationTown, thread: Thread
) -> None:
    author = moderating.service.citizen()
    assert (await moderating.figures())["median_hours"] is None
    for text, body in (("Un", REMOVE), ("Deux", REMOVE), ("Trois", KEEP)):
        case = await moderating.opened(await said(thread, author, text))
        assert (await moderating.decide(moderating.service.agent(), case, body)).status_code == 201
    removed = (await moderating.cases(moderating.service.agent(), "?state=decided"))[-1]
    await moderating.contest(author, removed)
    (contested,) = await moderating.cases(moderating.service.agent(), "?state=appealed")
    await moderating.decide(moderating.service.agent(), contested, KEEP)
    found = await moderating.figures()
    assert {name: found[name] for name in ("cases", "kept", "appeals", "appeals_decided", "reversed")} == {
        "cases": 3, "kept": 1, "appeals": 1, "appeals_decided": 1, "reversed": 1,
    }  # fmt: skip
    assert (found["reports"], found["removed"], found["automated"]) == ({"threat": 3}, {"town-rules": 2}, 0)
    assert (found["cases_by_kind"], found["removed_by_kind"]) == ({"comment": 3}, {"comment": 2})
    assert found["median_hours"] is not None


async def test_nobody_reports_or_writes_without_end(moderating: ModerationTown, thread: Thread) -> None:
    reporter, comments = moderating.service.citizen(), []
    for _ in range(2):
        author = moderating.service.citizen()
        comments += [await said(thread, author) for _ in range(HOURLY // 2 + 1)]
    reports = [(await moderating.report(reporter, comment)).status_code for comment in comments]
    assert reports == [201] * HOURLY + [429] * 2
    refused = await moderating.report(reporter, comments[-1])
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too-many-contributions", "600")
    pool = moderating.service.runtime.database.pool
    # As if the last author had written sixty.
    await pool.execute("UPDATE comment SET person = $1", UUID(author.subject))
    for _ in range(60 - len(comments)):
        assert (await thread.write(author)).status_code == 201
    assert (await thread.write(author)).status_code == 429
    await pool.execute("UPDATE comment SET created_at = created_at - interval '1 hour'")
    assert (await thread.write(author)).status_code == 201
