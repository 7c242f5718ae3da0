# SPDX-License-Identifier: EUPL-1.2
"""Read a ``.pb`` file: strictly, within bounds, and saying on which line something is wrong."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final, TypeVar

from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.election import Choice, Project
from parvis_participation.domain.errors import BallotError, PabulibError
from parvis_participation.domain.pabulib.numbers import amount, whole
from parvis_participation.domain.pabulib.scrutiny import Listed, Scrutiny

MOST_BALLOTS: Final = 2_000_000
MOST_PROJECTS: Final = 2_000
LONGEST_LINE: Final = 100_000
_KINDS: Final = {
    "approval": Kind.APPROVAL,
    "choose-1": Kind.APPROVAL,
    "cumulative": Kind.POINTS,
    "scoring": Kind.POINTS,
    "ordinal": Kind.RANKING,
}
_SECTIONS: Final = ("META", "PROJECTS", "VOTES")
_T = TypeVar("_T")
Row = tuple[int, dict[str, str]]


def read_pabulib(lines: Iterable[str]) -> Scrutiny:
    """The vote that these lines tell; raises PabulibError at the first line that cannot be right."""
    sections = _Sections(lines)
    meta_rows = {row["key"]: (line, row["value"]) for line, row in sections.rows("META", {"key", "value"})}
    meta = {key: value for key, (_, value) in meta_rows.items()}
    end = sections.line

    def told(key: str, read: Callable[[str], _T], default: _T | None = None) -> _T:
        line, text = meta_rows.get(key, (end, ""))
        if not text and default is not None:
            return default
        return _read(line, key, text, read)

    kind = told("vote_type", _KINDS.__getitem__)
    listed = tuple(_listed(sections))
    if told("num_projects", whole) != len(listed):
        raise PabulibError(meta_rows["num_projects"][0], f"num_projects is not {len(listed)}, the number of projects")
    budget = told("budget", amount)
    rules = BallotRules(
        kind=kind,
        least=told("min_length", whole, 0),
        most=told("max_length", whole, 1 if meta["vote_type"] == "choose-1" else len(listed)),
        points=told("max_sum_points", whole) if meta.get("max_sum_points") else None,
        points_each=told("max_points", whole) if meta.get("max_points") else None,
    )
    choices = tuple(_choices(sections, rules, {entry.project.code: entry.project.cost for entry in listed}))
    if told("num_votes", whole) != len(choices):
        raise PabulibError(meta_rows["num_votes"][0], f"num_votes is not {len(choices)}, the number of ballots")
    return Scrutiny(meta, rules, budget, listed, choices)


class _Sections:
    """The lines of a file, one section after the other."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.line = 0
        self._lines = iter(lines)
        self._next = self._read()

    def rows(self, section: str, needed: set[str]) -> Iterator[Row]:
        """Each line of the section by its columns, with its number; the section has at least the needed ones."""
        if self._next != section:
            raise PabulibError(self.line, f"the section {section} is missing here")
        columns = self._cells(self._read())
        if not needed <= set(columns) or len(set(columns)) != len(columns):
            raise PabulibError(self.line, f"{section} needs the columns {', '.join(sorted(needed))}, each once")
        while (text := self._read()) is not None and text not in _SECTIONS:
            cells = self._cells(text)
            if len(cells) != len(columns):
                raise PabulibError(self.line, f"{len(cells)} cells under {len(columns)} columns")
            yield self.line, dict(zip(columns, cells, strict=True))
        self._next = text

    def _read(self) -> str | None:
        """The next line that is not blank."""
        for text in self._lines:
            self.line += 1
            if len(text) > LONGEST_LINE:
                raise PabulibError(self.line, f"longer than {LONGEST_LINE} characters")
            if stripped := text.removeprefix("\ufeff").strip():
                return stripped
        return None

    def _cells(self, text: str | None) -> list[str]:
        try:
            return [cell.strip() for cell in next(csv.reader([text or ""], delimiter=";", strict=True), [])]
        except csv.Error as error:
            raise PabulibError(self.line, "a quotation mark is not closed") from error


def _listed(sections: _Sections) -> Iterator[Listed]:
    seen: set[str] = set()
    for line, row in sections.rows("PROJECTS", {"project_id", "cost"}):
        code = row["project_id"]
        if not code or code in seen or "," in code:
            raise PabulibError(line, f"project_id {code!r} is empty, has a comma or was used before")
        if len(seen) == MOST_PROJECTS:
            raise PabulibError(line, f"more than {MOST_PROJECTS} projects")
        seen.add(code)
        cost = _read(line, "cost", row["cost"], amount)
        if not cost:
            raise PabulibError(line, "a project costs more than nothing")
        votes = _read(line, "votes", row["votes"], whole) if row.get("votes") else None
        yield Listed(Project(code, cost), row.get("name") or code, votes)


def _choices(sections: _Sections, rules: BallotRules, costs: Mapping[str, Fraction]) -> Iterator[Choice]:
    needed = {"voter_id", "vote"} | ({"points"} if rules.kind is Kind.POINTS else set())
    for number, (line, row) in enumerate(sections.rows("VOTES", needed)):
        if number == MOST_BALLOTS:
            raise PabulibError(line, f"more than {MOST_BALLOTS} ballots")
        codes = row["vote"].split(",") if row["vote"] else []
        given = row["points"].split(",") if rules.kind is Kind.POINTS and row["points"] else ["1"] * len(codes)
        if len(given) != len(codes):
            raise PabulibError(line, f"{len(codes)} projects, but points for {len(given)}")
        choice = tuple(
            (code.strip(), _read(line, "points", text, whole)) for code, text in zip(codes, given, strict=True)
        )
        try:
            rules.check(choice, costs)
        except BallotError as error:
            raise PabulibError(line, f"the ballot breaks the rules of the vote: {error.fault}") from error
        yield choice


def _read(line: int, name: str, text: str, read: Callable[[str], _T]) -> _T:
    try:
        return read(text)
    except (ValueError, KeyError) as error:
        raise PabulibError(line, f"{name} cannot be {text!r}") from error
