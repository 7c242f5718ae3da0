# SPDX-License-Identifier: EUPL-1.2
"""What the process apart says is what the count says, whatever the rule."""

import io
import json
import os
from fractions import Fraction
from uuid import UUID

import pytest
from elections import drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from other_programs import methods

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.counting.election import Choice, Election
from parvis_participation.domain.paper import commitment_of, fold
from parvis_participation.service import count_apart, count_program
from parvis_participation.service.board_keys import make_board_key, restore
from parvis_participation.service.envelope import public_key, seal

POLL = UUID(int=7)
RANKED = [Method(rule) for rule in Rule if rule.ranked]


def vote_of(election: Election, method: Method, kind: Kind) -> count_apart.Vote:
    return count_apart.Vote(
        [{"code": p.code, "cost": str(p.cost), "area": None} for p in election.projects],
        [{"area": None, "amount": str(election.budget)}],
        {"kind": kind, "least": 1, "most": 12, "points": None, "points_each": None},
        {**dict(zip(("rule", "utility", "completion"), (method.rule, method.utility, method.completion), strict=True)),
         "increment": str(method.increment)},
        b"seed",
        election.ballots,
    )  # fmt: skip


@given(st.integers(0, 1_000), st.sampled_from([*methods(Fraction(200)), *RANKED]))
@settings(max_examples=40, deadline=None)
def test_results_come_back_as_they_were(seed: int, method: Method) -> None:
    kind = Kind.RANKING if method.rule.ranked else Kind.APPROVAL
    election = drawn(seed, kind)
    told = count_program.said(io.BytesIO(count_apart.content_of(vote_of(election, method, kind), None)))
    counted = count_apart.counted_from(told.encode())
    assert counted is not None
    assert counted.results == {None: count(election, method, b"seed")}


def test_envelopes_are_opened_beside_ballots_in_clear_and_a_broken_off_urn_is_not_counted() -> None:
    election, method = drawn(3, Kind.APPROVAL), Method(Rule.GREEDY)
    public, shares = make_board_key(3, 2)
    choices: list[Choice] = [(("p1", 1),), (("p2", 1), ("p1", 1)), (("p1", 1), ("p2", 1)), (("nowhere", 1),)]
    envelopes = []
    for choice in choices:
        content = fold(choice, os.urandom(32), 12)
        envelopes.append((commitment_of(content), seal(content, POLL, public_key(public))))
    urn = count_apart.SealedUrn(POLL, envelopes, restore(shares[:2], public, 2))
    vote = vote_of(Election(election.projects, election.budget, {(("p1", 1),): 5}), method, Kind.APPROVAL)
    given_in = count_apart.content_of(vote, urn)
    counted = count_apart.counted_from(count_program.said(io.BytesIO(given_in)).encode())
    assert counted is not None
    ballots = {(("p1", 1),): 6, (("p1", 1), ("p2", 1)): 2}
    assert (counted.ballots, counted.spoiled) == (ballots, 1)
    assert counted.results == {None: count(Election(election.projects, election.budget, ballots), method, b"seed")}
    for less in (1, len(envelopes[-1][1]) + 20):
        with pytest.raises(EOFError):
            count_program.told(io.BytesIO(given_in[:-less]))


def test_a_count_that_finds_no_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def takes_all(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(count_program, "told", takes_all)
    assert json.loads(count_program.said(io.BytesIO())) == {"fault": "memory"}
    assert count_apart.counted_from(b'{"fault": "memory"}') is None
