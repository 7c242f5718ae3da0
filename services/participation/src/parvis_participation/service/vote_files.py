# SPDX-License-Identifier: EUPL-1.2
"""The files of a counted vote that tools of others read: its result as a table, its ballots in Pabulib's format."""

import csv
import io
from dataclasses import replace
from datetime import datetime
from typing import Any

from parvis_kit.clocks import clock_of
from parvis_participation.db.tables import Budget, Poll
from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.election import Choice, Election
from parvis_participation.domain.pabulib.scrutiny import Listed, Scrutiny
from parvis_participation.domain.pabulib.writer import write_pabulib
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.seals import canonical


def record_file(record: dict[str, Any]) -> str:
    """The signed record, as the bytes that are signed."""
    return canonical(record).decode() + "\n"


def result_table(record: dict[str, Any]) -> str:
    """One project a line, in the order in which the count decided; of an archive each says where it is from."""
    imported = {"imported_from": record["imported"]["source"]} if "imported" in record else {}
    columns = [
        *imported,
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
            told = (
                outcome | imported | {"area": result["area"], "place": place, "title": _plain(titles[outcome["code"]])}
            )
            lines.writerow(["" if told[column] is None else str(told[column]) for column in columns])
    return buffer.getvalue()


def _plain(title: str) -> str:
    # A spreadsheet would take such a cell for a formula, and somebody else wrote it.
    return f"'{title}" if title.startswith(("=", "+", "-", "@", "\t", "\r")) else title


def ballots_pb(
    row: Budget | Poll, period: tuple[datetime, datetime], area: str | None, election: Election, rules: BallotRules
) -> str:
    """The ballots about one area's money in Pabulib's format, sorted by what they say: no voter, nor their order."""
    begins, ends = (day_of(each, clock_of(row.collectivity)) for each in period)
    meta = {
        "description": row.title["fr"],
        "unit": row.collectivity,
        "instance": str(row.id),
        "subunit": area or "",
        "rule": row.method["rule"],
        "date_begin": f"{begins:%d.%m.%Y}",
        "date_end": f"{ends:%d.%m.%Y}",
        "currency": "EUR",
    }
    titles = {option["code"]: option["label"]["fr"] for option in row.options}
    listed = tuple(Listed(project, titles[project.code], None) for project in election.projects)
    ordered: list[Choice] = [choice for choice, times in election.ballots.items() for _ in range(times)]
    # Of a ballot only what it says of this money is there: it names one project at least, if fewer than it had to.
    least = min(1, rules.most)
    kind = Kind.APPROVAL if rules.kind is Kind.KNAPSACK else rules.kind
    rules = replace(rules, kind=kind, least=least, budget=None)
    return "".join(write_pabulib(Scrutiny(meta, rules, election.budget, listed, tuple(ordered))))
