# SPDX-License-Identifier: EUPL-1.2
"""The file of the last results: a JSON list of ``{name, value, unit, baseline, ratio}``, one object for each figure."""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TypedDict, cast

from parvis_bench.registry import Figure

LATEST: Final = Path(__file__).resolve().parents[1] / "results" / "latest.json"
_DIGITS: Final = 4


class Result(TypedDict):
    """One figure as the file has it; ``baseline`` is in the same unit, ``ratio`` is value / baseline."""

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float


class ResultsError(Exception):
    """The file is not what it should be; the text says where."""


def note(figures: Iterable[Figure], file: Path = LATEST) -> None:
    """Put these figures in the place of their last ones; those of other benchmarks stay as they are."""
    known = {result["name"]: result for result in (read(file) if file.exists() else [])}
    known |= {figure.name: _result(figure) for figure in figures}
    beside = file.with_suffix(".part")
    beside.write_text(json.dumps([known[name] for name in sorted(known)], indent=1) + "\n", encoding="utf-8")
    beside.replace(file)


def read(file: Path = LATEST) -> list[Result]:
    """The results in the file; raises ResultsError where it is not of the form above."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultsError(f"{file.name} is no JSON: {error}") from error
    if not isinstance(given, list):
        raise ResultsError(f"{file.name} holds no list")
    results = [_checked(entry) for entry in given]
    names = [result["name"] for result in results]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ResultsError(f"twice: {', '.join(sorted(twice))}")
    return results


def _result(figure: Figure) -> Result:
    return Result(
        name=figure.name,
        value=_rounded(figure.value),
        unit=figure.unit,
        baseline=_rounded(figure.baseline),
        ratio=_rounded(figure.ratio),
    )


def _rounded(number: float) -> float:
    return float(f"{number:.{_DIGITS}g}")


def _checked(entry: Any) -> Result:
    if not isinstance(entry, dict) or entry.keys() != Result.__annotations__.keys():
        raise ResultsError(f"{entry!r} has not exactly the members {', '.join(Result.__annotations__)}")
    if not all(isinstance(entry[name], str) and entry[name] for name in ("name", "unit")):
        raise ResultsError(f"{entry!r}: name and unit are texts")
    numbers = [entry[name] for name in ("value", "baseline", "ratio")]
    if not all(type(number) in {int, float} and math.isfinite(number) and number > 0 for number in numbers):
        raise ResultsError(f"{entry!r}: value, baseline and ratio are numbers above zero")
    if not math.isclose(entry["ratio"], entry["value"] / entry["baseline"], rel_tol=0.01):
        raise ResultsError(f"{entry!r}: the ratio is not value / baseline")
    return cast("Result", entry)
