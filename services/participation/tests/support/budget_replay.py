# SPDX-License-Identifier: EUPL-1.2
"""A published vote, given again over the API: its projects in a budget of ours, its ballots by as many residents."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from budget_town import BudgetTown

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Method, Rule
from parvis_participation.domain.counting.election import Choice, Election
from parvis_participation.domain.pabulib.numbers import written
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.domain.pabulib.scrutiny import Scrutiny
from parvis_participation.service.count_file import count_file, declared
from parvis_participation.service.freeze_budgets import freeze_budgets

AT_ONCE = 8
_CHOSEN = re.compile(r"\d+\. .* \((?P<code>\d+)\) – (Chosen|Elected) ?")
_PROJECTS = """
INSERT INTO budget_project (id, collectivity, budget_id, person, title, description, estimate, position, area, state,
    cost, reasons, version, created_at)
SELECT gen_random_uuid(), collectivity, $2, person, title, description, estimate, position, area, state, cost, reasons,
    version, created_at FROM budget_project WHERE budget_id = $1
"""
_VOTES = """
INSERT INTO budget_vote (budget_id, person_key, holder_key, collectivity, choice, voted_at, version)
SELECT $2, person_key, holder_key, collectivity, choice, voted_at, version FROM budget_vote WHERE budget_id = $1
"""


@dataclass(frozen=True)
class Told:
    """What the API publishes of a counted budget: its method and result, and the ballots in its own exported file."""

    method: Method
    seed: str
    outcomes: list[dict[str, Any]]
    exported: str

    @property
    def chosen(self) -> list[str]:
        return sorted(outcome["code"] for outcome in self.outcomes if outcome["chosen"])

    @property
    def scrutiny(self) -> Scrutiny:
        return read_pabulib(self.exported.splitlines())

    def parameters(self) -> list[str]:
        """The method as the command line takes it."""
        if self.method.rule is not Rule.EQUAL_SHARES:
            return []
        utility, completion, step = self.method.utility, self.method.completion, written(self.method.increment)
        return [f"utility={utility}", f"completion={completion}", f"increment={step}"]


def renamed(scrutiny: Scrutiny) -> dict[str, str]:
    """The number that each project of the file gets."""
    return {entry.project.code: str(number) for number, entry in enumerate(scrutiny.listed, 1)}


def ranked(scrutiny: Scrutiny) -> list[Choice]:
    """Its ballots as rankings: by the points that each gives, and where it gives as many in the order of the file."""
    return [tuple((code, 1) for code, _ in sorted(choice, key=lambda item: -item[1])) for choice in scrutiny.choices]


async def replayed(
    budgeting: BudgetTown, scrutiny: Scrutiny, choices: Iterable[Choice], **changes: Any
) -> dict[str, Any]:
    """A budget with the file's projects and rules in which these ballots were cast."""
    rules, names = scrutiny.rules, renamed(scrutiny)
    costs = [written(entry.project.cost) for entry in scrutiny.listed]
    ballot = {
        "kind": rules.kind,
        "least": rules.least,
        "most": rules.most,
        "points": rules.points,
        "points_each": rules.points_each,
    }
    given = [tuple((names[code], points) for code, points in choice) for choice in choices]
    return await voted(budgeting, costs, given, written(scrutiny.budget), **{"ballot": ballot, **changes})


async def replayed_ranking(budgeting: BudgetTown, election: Election, **changes: Any) -> dict[str, Any]:
    """A budget with these projects, numbered in their order, in which these rankings were cast."""
    names = {project.code: str(number) for number, project in enumerate(election.projects, 1)}
    given = [
        tuple((names[code], 1) for code, _ in choice)
        for choice, times in election.ballots.items()
        for _ in range(times)
    ]
    ballot = {"kind": Kind.RANKING, "least": 1, "most": len(names)}
    costs = [written(project.cost) for project in election.projects]
    return await voted(budgeting, costs, given, written(election.budget), **{"ballot": ballot, **changes})


async def voted(
    budgeting: BudgetTown, costs: Sequence[str], choices: Iterable[Choice], amount: str, **changes: Any
) -> dict[str, Any]:
    """A budget of that amount, on projects of these costs, each of these choices given by a resident of its own."""
    budgets = [{"area": None, "amount": amount}]
    budget = await budgeting.to_vote(*((cost, None) for cost in costs), budgets=budgets, **changes)
    left = list(choices)

    async def residents() -> None:
        while left:
            points = {f"p{code}": given for code, given in left.pop()}
            answer = await budgeting.vote(budgeting.voter(), budget, **points)
            assert answer.status_code == 201, answer.text

    await asyncio.gather(*(residents() for _ in range(AT_ONCE)))
    return budget


async def votes_column(budgeting: BudgetTown, budget: dict[str, Any]) -> dict[str, int]:
    """The votes that the API tells of each project, by its number."""
    path, found = f"/v1/collectivities/paris/budgets/{budget['id']}/projects?limit=100", dict[str, int]()
    while path:
        answer = await budgeting.client.get(path)
        page = answer.json()
        found |= {str(project["number"]): project["votes"] for project in page["items"]}
        path = answer.links["next"]["url"] if page["next_cursor"] else ""
    return found


async def by_every_method(budgeting: BudgetTown, budget: dict[str, Any], methods: Iterable[Method]) -> list[Told]:
    """What the API tells of budgets that differ by their method alone, once all are counted.

    The method of a vote is frozen before it opens. So each budget is made, opened and counted the shipped way, and has
    the projects and the ballots of the first row by row: nobody votes eight times.
    """
    pool, made = budgeting.service.runtime.database.pool, []
    for method in methods:
        told = {
            "rule": method.rule,
            "utility": method.utility,
            "completion": method.completion,
            "increment": written(method.increment),
        }
        alike = await budgeting.published(method=told, ballot=budget["ballot"], budgets=budget["budgets"])
        await pool.execute(_PROJECTS, budget["id"], alike["id"])
        made.append((method, alike))
    budgeting.when("vote")
    await freeze_budgets(budgeting.service.runtime.database, budgeting.chain, budgeting.now)
    for _, alike in made:
        await pool.execute(_VOTES, budget["id"], alike["id"])
    return [await told_of(budgeting, alike, method) for method, alike in made]


def counted_again(told: Told) -> list[str]:
    """Whom the count of the command line chooses from the file that the API exports."""
    lines = count_file(told.exported.splitlines(), declared(told.method.rule, told.parameters()), told.seed, "en")
    chosen = (_CHOSEN.match(line) for line in lines)
    return sorted(found["code"] for found in chosen if found)


async def told_of(budgeting: BudgetTown, budget: dict[str, Any], method: Method) -> Told:
    """What the API publishes of it, once its vote has closed; ``method`` is that by which it was made."""
    result = await budgeting.counted(budget)
    published = (await budgeting.read(budget))["method"]
    assert published == {
        "rule": method.rule,
        "utility": method.utility,
        "completion": method.completion,
        "increment": written(method.increment),
    }
    exported = (await budgeting.file(budget, "ballots.pb")).text
    return Told(method, result["tie_seed"], result["results"][0]["outcomes"], exported)
