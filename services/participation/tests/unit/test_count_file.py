# SPDX-License-Identifier: EUPL-1.2
import sys
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from elections import FILE, SHARED

from parvis_kit.locale import Language
from parvis_participation.__main__ import main
from parvis_participation.domain.counting.outcome import Outcome, Reason
from parvis_participation.service.count_file import count_file, declared
from parvis_participation.service.explain import explain


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", get_args(Language))
def test_every_reason_has_its_sentence(reason: Reason, language: Language) -> None:
    outcome = Outcome("p", Fraction(1_234_567), 8, reason, Fraction(10), Fraction("0.759"), 5, "q", 2)
    text = explain(outcome, language)
    assert text.endswith(".")
    assert not {"{", "None"} & set(text)
    if reason is Reason.SUPPORTERS_PAID:
        assert "0,75\u00a0€" in text or "€0.75" in text


def test_a_file_is_counted_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "vote.pb"
    file.write_text(FILE.replace(";40;2;", ";40;5;"), "utf-8")
    monkeypatch.setattr(sys, "argv", ["parvis-participation", "count", str(file), "greedy", "2026", "en"])
    main()
    assert capsys.readouterr().out.splitlines() == [
        "Beware, 2: 5 votes published, 2 in the ballots.",
        "1. Bancs; tables (1) – Chosen: 2 votes or points; €100.50 was left and the project costs €60.25.",
        "2. Été (2) – Chosen: 2 votes or points; €40.25 was left and the project costs €40.",
        "3 ballots, 2 projects chosen for €100.25 of €100.50.",
        "Ties broken with the seed “2026”.",
    ]


@pytest.mark.parametrize(("rule", "text"), [("guess", FILE), ("schulze", FILE), ("greedy", "META\n")])
def test_what_cannot_be_counted_ends_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str, text: str
) -> None:
    file = tmp_path / "vote.pb"
    file.write_text(text, "utf-8")
    monkeypatch.setattr(sys, "argv", ["parvis-participation", "count", str(file), rule, "2026"])
    with pytest.raises(SystemExit) as end:
        main()
    assert "vote.pb" in str(end.value)


@pytest.mark.parametrize(
    ("parameters", "chosen"),
    [
        ((), "14"),
        (("completion=none",), "4"),
        (("completion=increment",), "24"),
        (("completion=increment", "increment=60"), "14"),
        (("completion=increment-only", "increment=60"), "4"),
        (("utility=points", "completion=none"), "3"),
        (("utility=points", "completion=greedy"), "34"),
        (("utility=points", "completion=increment"), "13"),
    ],
)
def test_equal_shares_are_counted_as_the_vote_declares_them(parameters: tuple[str, ...], chosen: str) -> None:
    lines = list(count_file(SHARED.splitlines(), declared("equal-shares", parameters), "s", "en"))
    assert sorted(line.split("(")[1][0] for line in lines if " – Chosen" in line) == list(chosen)


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("greedy", ["completion=none"]),
        ("equal-shares", ["size=3"]),
        ("equal-shares", ["utility=much"]),
        ("equal-shares", ["increment=0"]),
        ("equal-shares", ["increment=-1"]),
        ("equal-shares", ["de"]),
    ],
)
def test_a_parameter_that_the_rule_does_not_have_ends_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str, parameters: list[str]
) -> None:
    file = tmp_path / "vote.pb"
    file.write_text(FILE, "utf-8")
    monkeypatch.setattr(sys, "argv", ["parvis-participation", "count", str(file), rule, "2026", *parameters])
    with pytest.raises(SystemExit) as end:
        main()
    assert f"vote.pb, {rule} {parameters[0]}: " in str(end.value)
