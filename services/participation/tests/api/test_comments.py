# SPDX-License-Identifier: EUPL-1.2
import asyncio
import time
from typing import Any
from uuid import UUID

import pytest
from budget_town import BudgetTown
from comment_town import Thread
from participation_town import Town


async def discussed(budgeting: BudgetTown) -> tuple[dict[str, Any], dict[str, Any]]:
    """A budget and a project in it, whose deposits have ended."""
    budget = await budgeting.published()
    budgeting.when("deposit")
    project = (await budgeting.deposit(budgeting.service.citizen(), budget)).json()
    budgeting.when("analysis")
    return budget, project


async def test_a_discussion_is_read_each_comment_before_its_answers(town: Town) -> None:
    thread = Thread(town.service, "consultation", await town.opened())
    ada, bob = town.service.citizen(), town.service.citizen()
    first = (await thread.write(ada, "Premier")).json()
    # Identifiers sort by the millisecond.
    await asyncio.sleep(0.002)
    second = (await thread.write(bob, "Second")).json()
    answered = (await thread.write(bob, "Réponse", first)).json()
    await asyncio.sleep(0.002)
    await thread.write(ada, "Encore", first)
    await thread.write(ada, "Au fond", answered)
    shown = await thread.read()
    assert [(c["depth"], c["text"]) for c in shown] == [
        (0, "Premier"), (1, "Réponse"), (2, "Au fond"), (1, "Encore"), (0, "Second"),
    ]  # fmt: skip
    assert {c["author"] for c in shown if c["text"] in {"Premier", "Encore", "Au fond"}} == {first["author"]}
    assert second["author"] == answered["author"] != first["author"]
    assert not any(person.subject in str(shown) for person in (ada, bob))
    found, url = [], f"{thread.list}?limit=2"
    while url:
        page = (await town.client.get(url)).json()
        found += page["items"]
        back, url = page["prev_cursor"], page["next_cursor"] and f"{thread.list}?limit=2&cursor={page['next_cursor']}"
    assert found == shown
    before = (await town.client.get(f"{thread.list}?limit=2&cursor={back}")).json()["items"]
    assert before == shown[2:4]


async def test_a_thread_is_five_comments_deep(town: Town) -> None:
    thread, ada = Thread(town.service, "consultation", await town.opened()), town.service.citizen()
    above = None
    for depth in range(5):
        above = (await thread.write(ada, "Et", above)).json()
        assert above["depth"] == depth
    refused = await thread.write(ada, "Et", above)
    assert (refused.status_code, refused.json()["code"]) == (409, "thread-too-deep")


async def test_a_comment_is_its_authors_and_what_it_said_before_stays_to_be_read(town: Town) -> None:
    thread = Thread(town.service, "consultation", await town.opened())
    ada, bob = town.service.citizen(), town.service.citizen()
    comment = (await thread.write(ada, "Non.")).json()
    for other, status in ((bob, 403), (town.service.agent(), 403), (town.service.citizen("lutece"), 404)):
        assert (await thread.edit(other, comment, "Oui.")).status_code == status
        assert (await thread.withdraw(other, comment)).status_code == status
    changed = await thread.edit(ada, comment, "Peut-être.")
    assert (changed.status_code, changed.json()["version"], changed.headers["etag"]) == (200, 2, '"2"')
    assert (await thread.edit(ada, comment, "Oui.")).status_code == 412
    await thread.edit(ada, changed.json(), "Oui.")
    assert await thread.former(comment) == ["Peut-être.", "Non."]
    elsewhere = f"/v1/collectivities/lutece/comments/{comment['id']}/versions"
    assert (await town.client.get(elsewhere)).status_code == 404


async def test_withdrawn_words_are_gone_and_the_place_stays(town: Town) -> None:
    consultation = await town.opened()
    thread, ada = Thread(town.service, "consultation", consultation), town.service.citizen()
    comment = (await thread.write(ada, "Mot secret")).json()
    await thread.write(town.service.citizen(), "Réponse", comment)
    changed = (await thread.edit(ada, comment, "Mot caché")).json()
    assert (await town.act(town.service.agent(), consultation, "close")).status_code == 201
    assert (await thread.edit(ada, changed, "Trop tard")).json()["code"] == "consultation-not-open"
    assert (await thread.withdraw(ada, changed)).status_code == 204
    assert [(c["state"], c["text"]) for c in await thread.read()] == [("withdrawn", None), ("published", "Réponse")]
    assert await thread.former(comment) == []
    kept = await town.service.runtime.database.pool.fetchval(
        "SELECT string_agg(c::text, ' ') || (SELECT coalesce(string_agg(v::text, ' '), '') FROM comment_version v)"
        " FROM comment c"
    )
    assert "Réponse" in kept
    assert "Mot" not in kept
    again = await thread.withdraw(ada, changed | {"version": 3})
    assert (again.status_code, again.json()["code"]) == (409, "comment-gone")


async def test_nobody_answers_what_is_gone_or_stands_in_another_thread(town: Town) -> None:
    thread, ada = Thread(town.service, "consultation", await town.opened()), town.service.citizen()
    other = Thread(town.service, "consultation", await town.opened())
    comment = (await thread.write(ada)).json()
    refused = await other.write(ada, "Oui.", comment)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-parent")
    assert refused.json()["errors"][0]["pointer"] == "/parent_id"
    await thread.withdraw(ada, comment)
    assert (await thread.write(ada, "Oui.", comment)).json()["code"] == "comment-gone"


async def test_only_what_is_published_and_open_is_discussed(budgeting: BudgetTown) -> None:
    budget, project = await discussed(budgeting)
    thread, ada = Thread(budgeting.service, "project", project), budgeting.service.citizen()
    budgeting.when("deposit")
    early = await thread.write(ada)
    assert (early.status_code, early.json()["code"]) == (409, "not-in-this-phase")
    for phase in ("analysis", "vote", "realisation"):
        budgeting.when(phase)
        assert (await thread.write(ada)).status_code == 201
    assert (await thread.write(budgeting.service.citizen("lutece"))).status_code == 404
    assert (await thread.write(budgeting.service.agent())).status_code == 403
    assert (await Thread(budgeting.service, "consultation", project).write(ada)).status_code == 404
    assert (await Thread(budgeting.service, "project", budget).write(ada)).status_code == 404
    assert (await budgeting.client.get(thread.list.replace("paris", "lutece"))).status_code == 404
    assert {comment["thread"] for comment in await thread.read()} == {"project"}


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_001])
async def test_a_comment_says_something_and_not_a_book(town: Town, text: str) -> None:
    thread = Thread(town.service, "consultation", await town.opened())
    assert (await thread.write(town.service.citizen(), text)).status_code == 422


async def test_a_page_of_5000_comments_costs_the_same_wherever_it_is(town: Town) -> None:
    subject = await town.opened()
    thread, pool = Thread(town.service, "consultation", subject), town.service.runtime.database.pool
    await pool.execute(LONG, UUID(subject["id"]), 5_000)
    seen, took, url = 0, [], f"{thread.list}?limit=100"
    while url:
        began = time.perf_counter()
        page = (await town.client.get(url)).json()
        took.append(time.perf_counter() - began)
        seen += len(page["items"])
        url = page["next_cursor"] and f"{thread.list}?limit=100&cursor={page['next_cursor']}"
    assert seen == 5_000
    # What one machine promises is measured by the benchmark; this finds a page that reads the whole thread.
    assert min(took[len(took) // 2 :]) < 0.5


LONG = """
WITH said AS (SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS person FROM generate_series(1, $2::int) n)
INSERT INTO comment
    (id, collectivity, consultation_id, path, depth, person, text, state, version, created_at, changed_at)
SELECT id, 'paris', $1, decode(lpad(to_hex(n), 8, '0') || replace(id::text, '-', ''), 'hex'), 0, person,
    'Avis ' || n, 'published', 1, now(), now() FROM said
"""
