# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from elections import FILE, elections, toulouse
from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.db.tables import Poll
from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.election import Choice, Election
from parvis_participation.domain.errors import BallotFault, PabulibError
from parvis_participation.domain.pabulib.faults import Fault, sentence
from parvis_participation.domain.pabulib.reader import LONGEST_LINE, read_pabulib
from parvis_participation.domain.pabulib.scrutiny import Listed, Scrutiny
from parvis_participation.domain.pabulib.writer import write_pabulib
from parvis_participation.service.vote_files import ballots_pb


def changed(old: str, new: str) -> list[str]:
    assert old in FILE
    return FILE.replace(old, new).splitlines()


def test_a_file_is_read_without_what_it_tells_of_voters() -> None:
    scrutiny = read_pabulib(FILE.splitlines())
    assert scrutiny.rules == BallotRules(Kind.APPROVAL, 0, 2)
    assert scrutiny.budget == Fraction("100.5")
    assert [(entry.project.code, entry.project.cost, entry.name) for entry in scrutiny.listed] == [
        ("1", Fraction("60.25"), "Bancs; tables"), ("2", Fraction(40), "Été"),
    ]  # fmt: skip
    assert scrutiny.choices == ((("1", 1), ("2", 1)), (("1", 1),), (("2", 1),))
    assert scrutiny.differing() == {}


def test_votes_published_otherwise_than_cast_are_found() -> None:
    assert read_pabulib(changed(";40;2;", ";40;5;")).differing() == {"2": (5, 2)}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("META\n", "", 1),
        ("PROJECTS\n", "", 9),
        ("vote_type;approval", "vote_type;guess", 7),
        ("budget;100,50", "budget;-1", 6),
        ("budget;100,50", "budget;1e9", 6),
        ("num_projects;2", "num_projects;3", 4),
        ("num_votes;3", "num_votes;2", 5),
        ("project_id;cost", "project_id;price", 10),
        ("2;40;", "1;40;", 12),
        ("2;40;", "2;0;", 12),
        ("2;40;2;Été", "2;40;2", 12),
        ('"Bancs; tables"', '"Bancs', 11),
        ("8;;1\n", "8;;3\n", 16),
        ("8;;1\n", "8;;1,1\n", 16),
        ("9;50;2", "9;50", 18),
        ("9;50;2", "7;50;2", 18),
        ("max_length;2", "max_length;1", 15),
        ("description;A vote", "description;" + "x" * LONGEST_LINE, 3),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_line(old: str, new: str, line: int) -> None:
    with pytest.raises(PabulibError) as refused:
        read_pabulib(changed(old, new))
    assert refused.value.line == line


def test_a_missing_section_or_value_is_refused() -> None:
    for lines in ([], FILE.splitlines()[:8], changed("num_votes;3\n", "")):
        with pytest.raises(PabulibError):
            read_pabulib(lines)


@given(st.text(alphabet='METAPROJECTSVOTES;,\n"key12value_', max_size=200))
def test_noise_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(PabulibError):
        read_pabulib(text.splitlines())


@given(st.sampled_from([Kind.APPROVAL, Kind.POINTS, Kind.RANKING]), st.data())
def test_what_is_written_is_read_again(kind: Kind, data: st.DataObject) -> None:
    election: Election = data.draw(elections(kind))
    choices: tuple[Choice, ...] = tuple(choice for choice, times in election.ballots.items() for _ in range(times))
    rules = BallotRules(kind, 0, len(election.projects), *((28, 4) if kind is Kind.POINTS else ()))
    # A third of a euro is not written in decimals.
    cents = Fraction(round(election.budget * 100), 100)
    listed = tuple(Listed(project, 'La "place"; été', None) for project in election.projects)
    again = read_pabulib(write_pabulib(Scrutiny({"unit": "Paris"}, rules, cents, listed, choices)))
    assert (again.rules, again.budget, again.choices) == (rules, cents, choices)
    assert [entry.project for entry in again.listed] == list(election.projects)
    assert [entry.name for entry in again.listed] == [entry.name for entry in listed]
    assert (again.meta["unit"], again.differing()) == ("Paris", {})


@pytest.mark.parametrize(("year", "ballots", "projects"), [(2019, 1_494, 30), (2022, 4_532, 199)])
def test_toulouse_is_recounted_as_published(year: int, ballots: int, projects: int) -> None:
    scrutiny = toulouse(year)
    assert (len(scrutiny.choices), len(scrutiny.listed)) == (ballots, projects)
    assert all(entry.votes is not None for entry in scrutiny.listed)
    assert scrutiny.differing() == {}
    assert read_pabulib(write_pabulib(scrutiny)).election() == scrutiny.election()


def test_a_vote_begins_and_ends_on_the_days_that_french_clocks_say() -> None:
    poll = Poll(title={"fr": "Vote"}, collectivity="paris", method={"rule": "greedy"}, options=[])
    period = datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2027, 6, 30, 22, 30, tzinfo=UTC)
    rules = BallotRules(Kind.APPROVAL, 0, 2)
    lines = ballots_pb(poll, period, None, Election((), Fraction(1), {}), rules).splitlines()
    assert [line for line in lines if line.startswith("date_")] == ["date_begin;01.12.2026", "date_end;01.07.2027"]


@pytest.mark.parametrize("fault", BallotFault)
def test_what_is_wrong_with_a_ballot_is_said_in_words(fault: BallotFault) -> None:
    french, english = (sentence(Fault.BALLOT, fault, french=french) for french in (True, False))
    assert french != english
    assert "-" not in french + english, "no code of ours"
