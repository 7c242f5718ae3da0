# SPDX-License-Identifier: EUPL-1.2
"""Runs the benchmarks that were named, or all, and shows what they found."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from parvis_bench.registry import Benchmark, CannotMeasureError, Figure, Target, all_benchmarks
from parvis_bench.results import LATEST, note

# Under the checkout, not under /tmp: there, a file system in memory would make commits cost nothing.
_PLACE: Final = Path(__file__).resolve().parents[2] / ".parvis" / "bench"
_UNKNOWN: Final = 2


def main(names: Sequence[str]) -> int:
    """Measure and note; returns 0 however the figures are, for a benchmark gates nothing, 2 for a name of none."""
    known = all_benchmarks()
    if unknown := [name for name in names if name not in known]:
        print(f"No benchmark is named {', '.join(unknown)}. There are: {', '.join(known)}.")
        return _UNKNOWN
    for name in names or known:
        print(f"\n{name}: measuring …", flush=True)
        started = time.monotonic()
        try:
            figures = run(known[name])
        except CannotMeasureError as error:
            print(f"{name}: NOT MEASURED. {error}", flush=True)
            continue
        note(figures)
        for figure in figures:
            print(line(figure, known[name].figures[figure.name]))
        print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"\nIn {LATEST.relative_to(Path.cwd()) if LATEST.is_relative_to(Path.cwd()) else LATEST}.")
    return 0


def run(benchmark: Benchmark) -> Sequence[Figure]:
    """The figures of one benchmark: exactly those that it has promised."""
    _PLACE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{benchmark.name}-", dir=_PLACE))
    try:
        figures = benchmark.measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if sorted(figure.name for figure in figures) != sorted(benchmark.figures):
        raise AssertionError(f"{benchmark.name} measured other figures than it names")
    return figures


def line(figure: Figure, target: Target | None) -> str:
    """One figure for the terminal."""
    told = f"  {figure.name:<34}{figure.value:>10.4g} {figure.unit:<10}baseline{figure.baseline:>10.4g}"
    told += f"   ratio{figure.ratio:>7.2f}"
    if target:
        verdict = "reached" if figure.reaches(target) else "MISSED"
        told += f"   {target.what} {target.bound} {target.limit:g}: {verdict}"
    return told
