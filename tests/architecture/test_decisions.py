# SPDX-License-Identifier: EUPL-1.2
"""Decisions are numbered, each by a number of its own, and say context, decision and consequence."""

import re
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("*.md"))


def test_each_number_stands_once_and_none_is_left_out() -> None:
    assert [int(path.name[:4]) for path in FILES] == list(range(1, len(FILES) + 1))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_decision_has_its_number_and_its_three_parts(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^\*\*(Context|Decision|Consequence)\.\*\*", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequence",
    ]
