# SPDX-License-Identifier: EUPL-1.2
import json
from pathlib import Path

import pytest

from parvis_bench import command, results
from parvis_bench.registry import Benchmark, CannotMeasureError, Figure, Target, all_benchmarks

ONE = {"name": "a.b.c", "value": 2.0, "unit": "1/s", "baseline": 4.0, "ratio": 0.5}


def benchmark(*figures: Figure) -> Benchmark:
    return Benchmark("a.b", {"a.b.c": Target("ratio", "at least", 0.4)}, lambda _: figures)


def test_each_benchmark_names_its_figures_once_and_under_its_own_name() -> None:
    known = all_benchmarks()
    assert {
        "requests.submit",
        "requests.queue",
        "requests.nearby",
        "requests.import",
        "gateway.authenticated",
        "events.delivery",
        "events.relay",
        "events.replay",
        "events.webhooks",
        "identity.tokens",
        "notifications.alert",
        "notifications.jobs",
        "participation.opinions",
        "participation.reading",
        "participation.votes",
        "stack.start",
    } <= known.keys()
    figures = [figure for found in known.values() for figure in found.figures]
    assert len(figures) == len(set(figures))
    assert all(found.name == name for name, found in known.items())


def test_the_committed_results_are_of_the_promised_form_and_of_benchmarks_that_exist() -> None:
    promised = {figure for found in all_benchmarks().values() for figure in found.figures}
    assert {result["name"] for result in results.read()} <= promised


def test_a_run_replaces_its_own_figures_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "latest.json"
    other = {"name": "z.y.x", "value": 1, "unit": "s", "baseline": 2, "ratio": 0.5}
    results.note([Figure("z.y.x", 1, "s", 2), Figure("a.b.c", 1, "1/s", 4)], file)
    results.note([Figure("a.b.c", 2, "1/s", 4)], file)
    assert json.loads(file.read_text()) == [ONE, other]


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "{}",
        json.dumps([ONE, ONE]),
        json.dumps([ONE | {"more": 1}]),
        json.dumps([{name: value for name, value in ONE.items() if name != "unit"}]),
        json.dumps([ONE | {"value": "2"}]),
        json.dumps([ONE | {"baseline": 0}]),
        json.dumps([ONE | {"ratio": 0.7}]),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "latest.json"
    file.write_text(wrong)
    with pytest.raises(results.ResultsError):
        results.read(file)


def test_a_benchmark_must_give_exactly_the_figures_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_PLACE", tmp_path)
    right = Figure("a.b.c", 2, "1/s", 4)
    assert command.run(benchmark(right)) == (right,)
    for wrong in ([], [right, right], [Figure("a.b.d", 2, "1/s", 4)]):
        with pytest.raises(AssertionError):
            command.run(benchmark(*wrong))
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_said_and_no_figure_is_invented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(_: Path) -> list[Figure]:
        raise CannotMeasureError("The baseline is nginx: install Debian's package nginx.")

    noted: list[Figure] = []
    monkeypatch.setattr(command, "_PLACE", tmp_path)
    monkeypatch.setattr(command, "note", noted.extend)
    monkeypatch.setattr(command, "all_benchmarks", lambda: {"a.b": Benchmark("a.b", {}, measure)})
    assert command.main([]) == 0
    assert "install Debian's package nginx" in capsys.readouterr().out
    assert noted == []
    assert command.main(["a.c"]) == 2


@pytest.mark.parametrize(("value", "told"), [(1.0, "MISSED"), (2.0, "reached")])
def test_a_target_is_told_as_reached_or_missed(value: float, told: str) -> None:
    assert told in command.line(Figure("a.b.c", value, "1/s", 4), Target("ratio", "at least", 0.4))
    assert ("reached" if told == "MISSED" else "MISSED") in command.line(
        Figure("a.b.c", value, "1/s", 4), Target("value", "at most", 1.5)
    )
