# SPDX-License-Identifier: EUPL-1.2
"""Read a ``.pb`` file: strictly, within bounds, and saying on which line something is wrong."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final, TypeVar

from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.election import Choice, Project
from parvis_participation.domain.errors import BallotError, PabulibError
from parvis_participation.domain.pabulib.faults import Fault
from parvis_participation.domain.pabulib.numbers import amount, whole
from parvis_participation.domain.pabulib.scrutiny import Listed, Scrutiny

MOST_BALLOTS: Final = 2_000_000
MOST_PROJECTS: Final = 2_000
LONGEST_LINE: Final = 100_000
MORE: Final = ("category", "target", "latitude", "longitude", "selected")
"""What a file may tell of a project besides: it is kept as it is, and not looked at."""
_SHOWN: Final = 60
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


def read_pabulib(lines: Iterable[str], most_ballots: int = MOST_BALLOTS) -> Scrutiny:
    """The vote that these lines tell; raises PabulibError at the first line that cannot be right."""
    sections = _Sections(lines)
    meta_rows = {row["key"]: (line, row["value"]) for line, row in sections.rows("META", {"key", "value"})}
    meta = {key: value for key, (_, value) in meta_rows.items()}
    end = sections.line

    def told(key: str, read: Callable[[str], _T], default: _T | None = None) -> _T:
        line, text = meta_rows.get(key, (end, ""))
        if not text and default is not None:
            return default
        return _read(line, 2, f"{key} {text!r}", text, read)

    kind = told("vote_type", _KINDS.__getitem__)
    listed = tuple(_listed(sections))
    if told("num_projects", whole) != len(listed):
        raise PabulibError(meta_rows["num_projects"][0], Fault.PROJECTS, len(listed), column=2)
    budget = told("budget", amount)
    rules = BallotRules(
        kind=kind,
        least=told("min_length", whole, 0),
        most=told("max_length", whole, 1 if meta["vote_type"] == "choose-1" else len(listed)),
        points=told("max_sum_points", whole) if meta.get("max_sum_points") else None,
        points_each=told("max_points", whole) if meta.get("max_points") else None,
    )
    costs = {entry.project.code: entry.project.cost for entry in listed}
    choices = tuple(_choices(sections, rules, costs, most_ballots))
    if told("num_votes", whole) != len(choices):
        raise PabulibError(meta_rows["num_votes"][0], Fault.BALLOTS, len(choices), column=2)
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
            raise PabulibError(self.line, Fault.SECTION, section)
        columns = self._cells(self._read())
        if not needed <= set(columns) or len(set(columns)) != len(columns):
            raise PabulibError(self.line, Fault.COLUMNS, ", ".join(sorted(needed)))
        while (text := self._read()) is not None and text not in _SECTIONS:
            cells = self._cells(text)
            if len(cells) != len(columns):
                raise PabulibError(
                    self.line, Fault.CELLS, f"{len(cells)} / {len(columns)}", column=min(len(cells), len(columns)) + 1
                )
            yield self.line, dict(zip(columns, cells, strict=True))
        self._next = text

    def _read(self) -> str | None:
        """The next line that is not blank."""
        for text in self._lines:
            self.line += 1
            if len(text) > LONGEST_LINE:
                raise PabulibError(self.line, Fault.LINE_LENGTH, LONGEST_LINE)
            if "\0" in text:
                raise PabulibError(self.line, Fault.VALUE, repr("\0"))
            if stripped := text.removeprefix("\ufeff").strip():
                return stripped
        return None

    def _cells(self, text: str | None) -> list[str]:
        try:
            return [cell.strip() for cell in next(csv.reader([text or ""], delimiter=";", strict=True), [])]
        except csv.Error as error:
            raise PabulibError(self.line, Fault.QUOTATION) from error


def _listed(sections: _Sections) -> Iterator[Listed]:
    seen: set[str] = set()
    for line, row in sections.rows("PROJECTS", {"project_id", "cost"}):
        code = row["project_id"]
        if not code or code in seen or "," in code:
            raise PabulibError(line, Fault.CODE, repr(code), column=_place(row, "project_id"))
        if len(seen) == MOST_PROJECTS:
            raise PabulibError(line, Fault.MANY_PROJECTS, MOST_PROJECTS)
        seen.add(code)
        cost = _cell(line, row, "cost", amount)
        if not cost:
            raise PabulibError(line, Fault.COST, column=_place(row, "cost"))
        votes = _cell(line, row, "votes", whole) if row.get("votes") else None
        more = {name: row[name] for name in MORE if row.get(name)}
        yield Listed(Project(code, cost), row.get("name") or code, votes, more)


def _choices(sections: _Sections, rules: BallotRules, costs: Mapping[str, Fraction], most: int) -> Iterator[Choice]:
    needed = {"voter_id", "vote"} | ({"points"} if rules.kind is Kind.POINTS else set())
    voters: set[str] = set()
    for number, (line, row) in enumerate(sections.rows("VOTES", needed)):
        if number == most:
            raise PabulibError(line, Fault.MANY_BALLOTS, most)
        if (voter := row["voter_id"]) in voters:
            raise PabulibError(line, Fault.VOTER, column=_place(row, "voter_id"))
        voters.update([voter] if voter else [])
        codes = row["vote"].split(",") if row["vote"] else []
        given = row["points"].split(",") if rules.kind is Kind.POINTS and row["points"] else ["1"] * len(codes)
        if len(given) != len(codes):
            raise PabulibError(line, Fault.POINTS, f"{len(given)} / {len(codes)}", column=_place(row, "points"))
        choice = tuple(
            (code.strip(), _read(line, _place(row, "points"), repr(text), text, whole))
            for code, text in zip(codes, given, strict=True)
        )
        try:
            rules.check(choice, costs)
        except BallotError as error:
            raise PabulibError(line, Fault.BALLOT, error.fault, column=_place(row, "vote")) from error
        yield choice


def _place(row: Mapping[str, str], column: str) -> int:
    """Which cell of its line it is, from 1; 0 where the line has none."""
    return list(row).index(column) + 1 if column in row else 0


def _cell(line: int, row: Mapping[str, str], column: str, read: Callable[[str], _T]) -> _T:
    return _read(line, _place(row, column), f"{column} {row[column]!r}", row[column], read)


def _read(line: int, column: int, given: str, text: str, read: Callable[[str], _T]) -> _T:
    try:
        return read(text)
    except (ValueError, KeyError) as error:
        raise PabulibError(line, Fault.VALUE, given[:_SHOWN], column=column) from error
