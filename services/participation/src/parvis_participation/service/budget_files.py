# SPDX-License-Identifier: EUPL-1.2
"""The plain files of a counted participatory budget, from which anybody can count it again."""

import csv
import io
import json
from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import budgets, polls, votes
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.election import Choice, Election
from parvis_participation.domain.errors import BudgetNotCountedError, NotFoundError
from parvis_participation.domain.pabulib.scrutiny import Listed, Scrutiny
from parvis_participation.domain.pabulib.writer import write_pabulib
from parvis_participation.service.count_budgets import elections_of
from parvis_participation.service.seals import canonical


class BudgetFile(StrEnum):
    """The files of a participatory budget."""

    RECORD = "record.json"
    RESULT = "result.csv"
    BALLOTS = "ballots.pb"


async def budget_file(
    session: AsyncSession, collectivity: str, budget_id: UUID, file: BudgetFile, area: str | None
) -> str:
    """The text of a file; that of the ballots is for one area's money, or without area for the whole city's.

    Raises NotFoundError, or BudgetNotCountedError before the count.
    """
    row = await budgets.one(session, collectivity, budget_id)
    if row.record is None:
        raise BudgetNotCountedError
    match file:
        case BudgetFile.RECORD:
            return canonical(row.record).decode() + "\n"
        case BudgetFile.RESULT:
            return _result(row.record)
        case BudgetFile.BALLOTS:
            return await _ballots(session, row, area)


def _result(record: dict[str, Any]) -> str:
    """One project a line, in the order in which the count decided."""
    columns = [
        "area",
        "place",
        "code",
        "title",
        "cost",
        "chosen",
        "reason",
        "score",
        "available",
        "price",
        "supporters",
    ]
    titles = {option["code"]: option["label"]["fr"] for option in record["definition"]["options"]}
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    lines.writerow(columns)
    for result in record["results"]:
        for place, outcome in enumerate(result["outcomes"], 1):
            told = outcome | {"area": result["area"], "place": place, "title": _plain(titles[outcome["code"]])}
            lines.writerow(["" if told[column] is None else str(told[column]) for column in columns])
    return buffer.getvalue()


def _plain(title: str) -> str:
    # A spreadsheet would take such a cell for a formula, and somebody else wrote it.
    return f"'{title}" if title.startswith(("=", "+", "-", "@", "\t", "\r")) else title


async def _ballots(session: AsyncSession, row: Row, area: str | None) -> str:
    budget = budgets.entity(row)
    elections = elections_of(budget, await _choices(session, row, ordered=budget.ordered))
    if area not in elections:
        raise NotFoundError
    return "".join(write_pabulib(_scrutiny(row, area, elections[area], budget.rules)))


async def _choices(session: AsyncSession, row: Row, *, ordered: bool) -> dict[Choice, int]:
    if row.secret is None:
        return await votes.choices(session, row.id, ordered=ordered)
    opened = await polls.choices(session, row.id)
    return {votes.choice_of(json.loads(choice.choice)): choice.times for choice in opened}


def _scrutiny(row: Row, area: str | None, election: Election, rules: BallotRules) -> Scrutiny:
    """The ballots sorted by what they say: neither the voters nor their order are told."""
    meta = {
        "description": row.title["fr"],
        "unit": row.collectivity,
        "instance": str(row.id),
        "subunit": area or "",
        "rule": row.method["rule"],
        "date_begin": f"{row.vote_at:%d.%m.%Y}",
        "date_end": f"{row.result_at:%d.%m.%Y}",
        "currency": "EUR",
    }
    titles = {option["code"]: option["label"]["fr"] for option in row.options}
    listed = tuple(Listed(project, titles[project.code], None) for project in election.projects)
    ordered: list[Choice] = [choice for choice, times in election.ballots.items() for _ in range(times)]
    # Of a ballot only what it says of this money is there: it names one project at least, if fewer than it had to.
    least = min(1, rules.most)
    kind = Kind.APPROVAL if rules.kind is Kind.KNAPSACK else rules.kind
    return Scrutiny(meta, replace(rules, kind=kind, least=least, budget=None), election.budget, listed, tuple(ordered))
