# SPDX-License-Identifier: EUPL-1.2
"""What we compute of conversations equals what a program does that we did not write, run as a process of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from opinion_maths import planted

from parvis_participation.domain.opinions.analysis import Analysis, analyse
from parvis_participation.domain.opinions.telling import above_half, above_others, group_aware, representative
from parvis_participation.domain.opinions.votes import Votes

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(600)]
PYTHON = Path(__file__).parents[4] / ".oracles" / "bin" / "python"
# At most a hundred people each: red-dwarf has no base clusters.
CASES = [planted(seed, sizes, 16, seen=0.7)[0] for seed in range(6) for sizes in ((40, 30), (40, 30, 25))]


def ask(cases: list[Votes]) -> list[dict[str, Any]]:
    if not PYTHON.exists():
        pytest.fail("the programs that count independently are missing: run `make oracles`")
    told = [np.stack([each.rows, each.columns, each.values], axis=1).tolist() for each in cases]
    program = Path(__file__).with_name("red_dwarf_opinions.py")
    done = subprocess.run(
        [PYTHON, program], input=json.dumps(told), capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(answers) == len(cases)
    return answers


def test_red_dwarf_finds_the_same_landscape_groups_and_statements() -> None:
    for votes, theirs in zip(CASES, ask(CASES), strict=True):
        ours = analyse(votes, smallest=1)
        places = np.array(theirs["positions"])[:, 1:]
        for side in range(2):
            # A component is the same the other way round.
            mine = ours.landscape.positions[:, side]
            np.testing.assert_allclose(mine * np.sign(mine @ places[:, side]), places[:, side], atol=1e-6)
        np.testing.assert_allclose(ours.landscape.extremity, theirs["extremity"], atol=1e-6)
        names = {(int(ours.groups[person]), group) for person, group in theirs["groups"]}
        assert len(names) == ours.number == len({group for _, group in names}), "one name each way"
        check_statements(ours, theirs, {group: name for name, group in names})


def check_statements(ours: Analysis, theirs: dict[str, Any], name: dict[int, int]) -> None:
    of = ours.tally.sum(axis=2)
    for side, half, other in ((0, "pat", "rat"), (1, "pdt", "rdt")):
        said = ours.tally[:, :, side]
        for group, statement, value in theirs[half]:
            mine = name[group], statement
            assert float(above_half(said[mine], of[mine])) == pytest.approx(value)
        for group, statement, value in theirs[other]:
            mine = name[group], statement
            outside = said[:, statement].sum() - said[mine], of[:, statement].sum() - of[mine]
            assert float(above_others(said[mine], of[mine], *outside)) == pytest.approx(value)
    np.testing.assert_allclose(group_aware(ours.tally, 0), theirs["aware"])
    if ours.groups.min() >= 0:  # red-dwarf counts those alone who come into a group
        np.testing.assert_allclose(ours.priorities, theirs["priority"])
    for group, told in theirs["told"]:
        assert {each.statement for each in representative(ours.tally, name[group], 1)} == set(told)
