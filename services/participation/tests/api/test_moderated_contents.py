# SPDX-License-Identifier: EUPL-1.2
"""Proposals and projects of participatory budgets are moderated as comments are."""

import asyncio
import json

import conversation_town
from budget_town import BudgetTown
from comment_town import Thread
from moderation_town import KEEP, REMOVE, ModerationTown
from participation_town import Town
from proposal_town import LIST, edit, propose, support, verified, withdraw

from parvis_participation.service.freeze_budgets import freeze_budgets

SAID = "Des bancs\n\nAu soleil, devant la mairie."


async def test_a_removed_proposal_has_no_words_and_takes_nothing_until_it_is_given_back(
    moderating: ModerationTown, town: Town
) -> None:
    author, supporter = town.service.citizen(), verified(town)
    proposal = (await propose(town, author, title="Premier mot")).json()
    proposal = (await edit(town, author, proposal)).json()
    assert (await support(town, supporter, proposal)).json()["supports"] == 1
    case = await moderating.opened(proposal, kind="proposal")
    assert (case["kind"], case["content_id"]) == ("proposal", proposal["id"])
    whole = await moderating.read(town.service.agent(), case)
    assert (whole["snapshot"], whole["text"]) == (SAID, SAID)
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201

    one = f"{LIST}/{proposal['id']}"
    shown = (await town.client.get(one)).json()
    assert [shown[name] for name in ("state", "title", "description", "estimate", "position", "supports")] == [
        "removed", None, None, None, None, None,
    ]  # fmt: skip
    for path in (LIST, f"{LIST}?q=bancs", f"{one}/versions"):
        assert (await town.client.get(path)).json()["items"] == []
    proposal |= {"version": shown["version"]}
    refused = [
        await edit(town, author, proposal, title="Encore"),
        await withdraw(town, author, proposal),
        await support(town, verified(town), proposal),
        await Thread(town.service, "proposal", proposal).write(author),
        await moderating.report(town.service.citizen(), proposal, kind="proposal"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(409, "proposal-gone")] * 5
    (told,) = await moderating.told(author)
    assert (told["mine"], told["kind"], told["snapshot"]) == (True, "proposal", SAID)

    await moderating.reversed(author, case, KEEP)
    back = (await town.client.get(one)).json()
    assert (back["state"], back["title"], back["supports"]) == ("published", "Des bancs", 1)
    assert len((await town.client.get(f"{one}/versions")).json()["items"]) == 1
    data = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type LIKE '%moderation-decided%' ORDER BY sequence"
    )
    events = [json.loads(row["data"]) for row in data]
    assert [(e["kind"], e["content_id"], e["outcome"]) for e in events] == [
        ("proposal", proposal["id"], "removed"), ("proposal", proposal["id"], "kept"),
    ]  # fmt: skip


async def test_what_a_proposal_says_has_one_case_however_many_report_it_and_not_its_author(
    moderating: ModerationTown, town: Town
) -> None:
    author = town.service.citizen()
    proposal = (await propose(town, author)).json()
    people = [town.service.citizen() for _ in range(3)]
    answers = await asyncio.gather(*(moderating.report(person, proposal, kind="proposal") for person in people))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert (await moderating.report(people[0], proposal, kind="proposal")).json()["code"] == "already-reported"
    assert (await moderating.report(author, proposal, kind="proposal")).json()["code"] == "conflict"
    stranger = town.service.citizen("lutece")
    assert (await moderating.report(stranger, proposal, kind="proposal")).status_code == 404
    (case,) = await moderating.cases(town.service.agent())
    assert len((await moderating.read(town.service.agent(), case))["reports"]) == 3
    await edit(town, author, proposal, title="Des arbres")
    await moderating.report(people[0], proposal, kind="proposal")
    assert len(await moderating.cases(town.service.agent())) == 2, "what it says now was not reported before"


async def test_a_removed_project_has_no_words_and_is_not_voted_on(
    moderating: ModerationTown, budgeting: BudgetTown
) -> None:
    budget, author, agent = await budgeting.published(), budgeting.service.citizen(), budgeting.service.agent()
    budgeting.when("deposit")
    made = []
    for title in ("Retiré", "Rendu"):
        made.append((await budgeting.deposit(author, budget, title=title)).json())
        budgeting.tick()
    cases = []
    for project in made:
        cases.append(await moderating.opened(project, kind="project"))
        assert (await moderating.decide(agent, cases[-1], REMOVE)).status_code == 201
    shown = await budgeting.listed(budget)
    assert [(p["removed"], p["title"], p["description"], p["estimate"]) for p in shown] == [
        (True, None, None, None)
    ] * 2
    assert await budgeting.listed(budget, "?q=retir") == []
    for answer in (
        await budgeting.edit(author, shown[0], title="Encore"),
        await budgeting.withdraw(author, shown[0]),
        await moderating.report(budgeting.service.citizen(), made[0], kind="project"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "project-gone")
    await moderating.reversed(author, cases[1], KEEP)

    budgeting.when("analysis")
    for project in await budgeting.listed(budget):
        assert (await budgeting.analyse(agent, project)).status_code == 200
    wrote = [await Thread(budgeting.service, "project", project).write(author) for project in made]
    assert [answer.json().get("code") for answer in wrote] == ["project-gone", None]
    budgeting.when("vote")
    await freeze_budgets(budgeting.service.runtime.database, budgeting.chain, budgeting.now)
    assert [option["label"] for option in (await budgeting.read(budget))["options"]] == ["Rendu"]


async def test_a_project_that_its_author_takes_back_leaves_its_case_to_be_decided(
    moderating: ModerationTown, budgeting: BudgetTown
) -> None:
    budget, author, agent = await budgeting.published(), budgeting.service.citizen(), budgeting.service.agent()
    budgeting.when("deposit")
    project = (await budgeting.deposit(author, budget)).json()
    case = await moderating.opened(project, kind="project")
    assert (await budgeting.withdraw(author, project)).status_code == 204
    whole = await moderating.read(agent, case)
    assert (whole["snapshot"], whole["text"]) == ("Un jardin\n\nDerrière l'école.", None)
    assert (await moderating.decide(agent, case, REMOVE)).status_code == 201
    (told,) = await moderating.told(author)
    assert (told["kind"], told["content_id"], told["state"]) == ("project", project["id"], "decided")
    figures = await moderating.figures()
    assert (figures["cases"], figures["removed"], figures["reports"]) == (1, {"town-rules": 1}, {"threat": 1})


async def test_a_project_removed_while_it_is_voted_on_keeps_the_title_that_ballots_name(
    moderating: ModerationTown, budgeting: BudgetTown
) -> None:
    budget = await budgeting.to_vote(("1000", None))
    (project,) = await budgeting.listed(budget)
    case = await moderating.opened(project, kind="project")
    assert (await moderating.decide(budgeting.service.agent(), case, REMOVE)).status_code == 201
    (shown,) = await budgeting.listed(budget)
    assert (shown["removed"], shown["description"], shown["number"]) == (True, None, 1)
    frozen = await budgeting.read(budget)
    assert (frozen["options"], frozen["digest"]) == (budget["options"], budget["digest"])
    assert (await budgeting.vote(budgeting.voter(), budget, "1")).status_code == 201


async def test_a_removed_statement_is_seen_and_counted_no_more_until_it_is_given_back(
    moderating: ModerationTown, town: Town
) -> None:
    author, reader = town.service.citizen(), town.service.citizen()
    made = await conversation_town.opened(town, seeds=1)
    statement = (await conversation_town.write(town, author, made, "Le voisin est un voleur.")).json()
    assert (await conversation_town.say(town, reader, statement, "agree")).status_code == 200
    own = await moderating.report(author, statement, kind="statement")
    assert (own.status_code, own.json()["code"]) == (409, "conflict"), own.text
    of_town = (await conversation_town.shown(town, made))[0]
    assert (await moderating.report(reader, of_town, kind="statement")).status_code == 404
    case = await moderating.opened(statement, kind="statement")
    whole = await moderating.read(town.service.agent(), case)
    assert (whole["kind"], whole["snapshot"]) == ("statement", "Le voisin est un voleur.")
    assert (await moderating.decide(town.service.agent(), case, REMOVE)).status_code == 201
    assert [each["id"] for each in await conversation_town.shown(town, made)] == [of_town["id"]]
    assert await conversation_town.said(town, reader, made) == []
    late = await conversation_town.say(town, reader, statement, "disagree")
    assert (late.status_code, late.json()["code"]) == (409, "statement-gone")
    assert (await moderating.report(reader, statement, kind="statement")).status_code == 409
    listed = await town.client.get(f"/v1/conversations/{made['id']}/own-statements", headers=author.headers)
    assert [(each["state"], each["text"]) for each in listed.json()["items"]] == [("removed", None)]
    await moderating.reversed(author, case, KEEP)
    assert await conversation_town.said(town, reader, made) == ["agree"]


async def test_a_statement_that_waits_is_not_reported(moderating: ModerationTown, town: Town) -> None:
    made = await conversation_town.opened(town, reviewed=True)
    waiting = (await conversation_town.write(town, town.service.citizen(), made)).json()
    assert (await moderating.report(town.service.citizen(), waiting, kind="statement")).status_code == 404
