# SPDX-License-Identifier: EUPL-1.2
"""The table of attacks in docs/security.md names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
_TEST = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
_NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def test_each_attack_of_the_table_names_tests_that_there_are() -> None:
    table = (ROOT / "docs/security.md").read_text("utf-8").partition("## Attacks on sign-in and tokens")[2]
    lines = [line for line in table.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
    assert len(lines) >= 14
    assert [line for line in lines if not _NAMED.search(line)] == []
    files = list((ROOT / "services/identity/tests").rglob("test_*.py"))
    known = {(file.name, test) for file in files for test in _TEST.findall(file.read_text("utf-8"))}
    assert set(_NAMED.findall(table)) - known == set()
