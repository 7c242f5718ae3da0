# SPDX-License-Identifier: EUPL-1.2
import asyncio
import dataclasses
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from parvis_local import supervisor as supervision
from parvis_local.errors import LocalError
from parvis_local.parts import Part, Step
from parvis_local.proc import identify
from parvis_local.running import Running, execute
from parvis_local.state import PartState
from parvis_local.supervisor import Supervisor


class Stage:
    """A folder in which small shell programs tell what happens to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.states: dict[str, PartState] = {}
        self.ready = asyncio.Event()

    def part(
        self, name: str, *, needs: tuple[str, ...] = (), follows: str = "", program: str = "", patience: float = 60
    ) -> Part:
        """A program that notes its start and, asked to stop, its end, with that many seconds for each."""
        live = f"echo {name}-$$ >> notes; touch {name}; while :; do sleep 0.05; done"
        usual = f"trap 'echo end-{name} >> notes; exit 0' TERM; {live}"
        log = self.folder / f"{name}.log"

        async def start() -> Running:
            (self.folder / name).unlink(missing_ok=True)
            return await execute(["/bin/sh", "-c", f"cd {self.folder}; {program or usual}"], log)

        probe = f"file:{self.folder / name}"
        return Part(name, name, start, probe, log, needs, follows, stop_seconds=patience, start_seconds=patience)

    @asynccontextmanager
    async def running(self, *work: Step | Part) -> AsyncIterator[None]:
        stop = asyncio.Event()
        supervisor = Supervisor(work, changed=self._note, say=self.said.append)
        task = asyncio.create_task(supervisor.run(stop, self.ready.set))
        ready = asyncio.create_task(self.ready.wait())
        try:
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=60)
            if not task.done():
                yield
        finally:
            ready.cancel()
            stop.set()
            await asyncio.wait_for(task, 60)

    def notes(self) -> list[str]:
        return [line.partition("-")[0] if line[:4] != "end-" else line for line in self._lines()]

    def pid(self, name: str) -> int:
        return int([line for line in self._lines() if line.startswith(f"{name}-")][-1].partition("-")[2])

    def _lines(self) -> list[str]:
        notes = self.folder / "notes"
        return notes.read_text().splitlines() if notes.exists() else []

    def _note(self, state: PartState) -> None:
        self.states[state.name] = state


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """On a busy machine a part may take longer than a second to start: that is told in one test alone."""
    monkeypatch.setattr(supervision, "_LONG_SECONDS", 60.0)
    return Stage(tmp_path)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.02)


async def test_it_starts_in_the_order_of_needs_and_stops_in_reverse(stage: Stage) -> None:
    async def step() -> None:
        with (stage.folder / "notes").open("a") as notes:
            notes.write("step-\n")

    last = stage.part("last", needs=("step",))
    async with stage.running(stage.part("first"), Step("step", "step", step, ("first",)), last):
        assert stage.notes() == ["first", "step", "last"]
    assert stage.notes()[3:] == ["end-last", "end-first"]
    assert all(state.process is None for state in stage.states.values())


async def test_a_part_that_is_killed_starts_again_and_this_is_told(stage: Stage) -> None:
    async with stage.running(stage.part("worker")):
        killed = stage.pid("worker")
        os.kill(killed, signal.SIGKILL)
        # The new process may write its number before it is told of, or after.
        await _until(lambda: (now := stage.states["worker"].process) is not None and now.pid != killed)
        await _until(lambda: stage.pid("worker") != killed)
        state = stage.states["worker"]
        assert state.process is not None
        assert (state.process.pid, state.restarts, state.failed) == (stage.pid("worker"), 1, False)
        assert stage.said == ["worker ended (SIGKILL); it starts again in 0.5 s"]


async def test_a_part_that_keeps_ending_is_given_more_time_each_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_FIRST_DELAY", 0.01)
    async with stage.running(stage.part("worker", program="touch worker; sleep 0.3; exit 3")):
        await _until(lambda: len(stage.said) >= 3)
        await _until(lambda: stage.states["worker"].failed)
    assert [line.partition(" again in ")[2] for line in stage.said[:3]] == ["0.01 s", "0.02 s", "0.04 s"]
    assert "exit status 3" in stage.said[0]


async def test_who_depends_on_an_address_is_started_again_with_it(stage: Stage) -> None:
    async with stage.running(stage.part("broker"), stage.part("worker", needs=("broker",), follows="broker")):
        first = stage.pid("worker")
        os.kill(stage.pid("broker"), signal.SIGKILL)
        await _until(lambda: stage.pid("worker") != first)
        assert stage.notes() == ["broker", "worker", "broker", "end-worker", "worker"]
        assert len(stage.said) == 1


async def test_a_part_that_cannot_start_stops_the_rest_and_its_log_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_FIRST_DELAY", 0.01)
    broken = stage.part("broken", needs=("first",), program="echo no such thing; exit 1")
    with pytest.raises(LocalError, match=r"broken does not start; .*broken\.log ends with:\n(no such thing\n?)+"):
        async with stage.running(stage.part("first"), broken):
            pass
    assert stage.notes() == ["first", "end-first"]


async def test_a_part_that_never_gets_ready_stops_the_rest(stage: Stage) -> None:
    with pytest.raises(LocalError, match="idle is not ready after 2 s"):
        async with stage.running(stage.part("first"), stage.part("idle", program="sleep 60", patience=2)):
            pass
    assert stage.notes() == ["first", "end-first"]


async def test_a_failed_step_stops_the_rest(stage: Stage) -> None:
    async def fail() -> None:
        raise LocalError("the migration failed")

    with pytest.raises(LocalError, match="the migration failed"):
        async with stage.running(stage.part("first"), Step("step", "step", fail, ("first",))):
            pass
    assert stage.notes() == ["first", "end-first"]


async def test_a_part_that_ignores_the_request_to_stop_is_killed(stage: Stage) -> None:
    deaf = stage.part(
        "deaf", program="trap '' TERM; echo deaf-$$ >> notes; touch deaf; while :; do sleep 0.05; done", patience=2
    )
    async with stage.running(deaf):
        pid = stage.pid("deaf")
        began = time.monotonic()
    assert time.monotonic() - began < 30
    assert identify(pid) is None


async def test_stopped_while_it_starts_it_leaves_nothing_behind(stage: Stage) -> None:
    stop = asyncio.Event()
    work = (stage.part("slow", program="echo slow-$$ >> notes; sleep 60"), stage.part("never", needs=("slow",)))
    task = asyncio.create_task(Supervisor(work, changed=lambda _: None, say=stage.said.append).run(stop, lambda: None))
    await _until(lambda: stage.notes() == ["slow"])
    stop.set()
    await asyncio.wait_for(task, 60)
    assert identify(stage.pid("slow")) is None
    assert stage.notes() == ["slow"]


async def test_stopped_in_the_middle_of_a_launch_it_leaves_nothing_behind(stage: Stage) -> None:
    usual = stage.part("slow")

    async def start() -> Running:
        process = await usual.start()
        await asyncio.sleep(0.5)
        return process

    stop = asyncio.Event()
    work = (dataclasses.replace(usual, start=start),)
    task = asyncio.create_task(Supervisor(work, changed=lambda _: None, say=stage.said.append).run(stop, lambda: None))
    await _until(lambda: stage.notes() == ["slow"])
    stop.set()
    await asyncio.wait_for(task, 60)
    assert stage.notes() == ["slow", "end-slow"]
    assert identify(stage.pid("slow")) is None


async def test_what_takes_longer_than_a_second_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "_LONG_SECONDS", 1.0)

    async def run() -> None:
        await asyncio.sleep(1.2)

    async with stage.running(stage.part("first"), Step("step", "Applying migrations", run)):
        assert [line for line in stage.said if line != "first …"] == ["Applying migrations …"]
