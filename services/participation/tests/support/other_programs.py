# SPDX-License-Identifier: EUPL-1.2
"""Elections with the method of their count, told to programs that we did not write and that run as processes apart."""

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.counting.election import Election
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.domain.counting.ties import tie_order

HERE = Path(__file__).parents[1] / "oracles"
PYTHON = Path(__file__).parents[4] / ".oracles" / "bin" / "python"
SEED = b"published"


def methods(step: Fraction) -> list[Method]:
    """Every method of ballots that are not ranked; ``step`` is the increment of equal shares."""
    shares = [Method(Rule.EQUAL_SHARES, utility, completion, step) for utility in Utility for completion in Completion]
    return [Method(Rule.GREEDY), Method(Rule.GREEDY_STOP), *shares]


@dataclass
class Case:
    """An election with the method of its count."""

    election: Election
    method: Method
    kind: Kind = Kind.APPROVAL
    seed: bytes = SEED

    def told(self) -> dict[str, Any]:
        return {
            "projects": {project.code: str(project.cost) for project in self.election.projects},
            "budget": str(self.election.budget),
            "ballots": list(self.election.ballots.items()),
            "ties": tie_order((project.code for project in self.election.projects), self.seed),
            "kind": self.kind,
            "rule": self.method.rule,
            "utility": self.method.utility,
            "completion": self.method.completion,
            "increment": str(self.method.increment),
        }

    def counted(self) -> Result:
        return count(self.election, self.method, self.seed)


def ask(program: str, cases: list[Case]) -> list[Any]:
    if not PYTHON.exists():
        pytest.fail("the programs that count independently are missing: run `make oracles`")
    told = json.dumps([case.told() for case in cases])
    done = subprocess.run(
        [PYTHON, HERE / program], input=told, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    answers: list[Any] = json.loads(done.stdout)
    assert len(answers) == len(cases)
    return answers
