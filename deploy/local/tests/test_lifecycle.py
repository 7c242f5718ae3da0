# SPDX-License-Identifier: EUPL-1.2
"""The life of a stack that is made of two small programs instead of Parvis."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from parvis_local import commands
from parvis_local.errors import LocalError
from parvis_local.folder_lock import FolderLock
from parvis_local.layout import Layout
from parvis_local.lifecycle import run
from parvis_local.options import read_options
from parvis_local.ports import free_port
from parvis_local.proc import identify
from parvis_local.state import StackState, read_state

PROGRAM = """
    import os, pathlib, sys
    from parvis_local import lifecycle, supervisor
    from parvis_local.errors import LocalError
    from parvis_local.layout import Layout
    from parvis_local.options import read_options
    from parvis_local.parts import Part
    from parvis_local.running import execute

    def part(context, name, *needs):
        ready, log = context.layout.run / name, context.log(name)
        async def start():
            return await execute(["/bin/sh", "-c", f"touch {ready}; exec sleep 600"], log)
        return Part(name, name, start, f"file:{ready}", log, needs)

    # A part that failed is seen to have failed for as long as that.
    supervisor._FIRST_DELAY = 3.0
    lifecycle.compose = lambda context: (part(context, "first"), part(context, "second", "first"))
    try:
        lifecycle.run(Layout(pathlib.Path(sys.argv[1])), read_options(os.environ))
    except LocalError as error:
        sys.exit(str(error))
"""

KILLED = """
    import os, pathlib, signal, sys
    from running_stack import RunningStack

    home, program = sys.argv[1:]
    RunningStack(pathlib.Path(home), (program, home)).start()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def written(folder: Path, name: str, program: str) -> str:
    file = folder / name
    file.write_text(textwrap.dedent(program))
    return str(file)


class Stack:
    def __init__(self, folder: Path) -> None:
        self.layout = Layout(folder / ".parvis")
        self.port = free_port()
        program = written(folder, "stack.py", PROGRAM)
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, program, self.layout.home],
                stdout=output,
                stderr=output,
                env=os.environ | {"PARVIS_PORT": str(self.port), "KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092"},
                start_new_session=True,
            )

    def state(self) -> StackState:
        return read_state(self.layout.state)

    def pids(self) -> list[int]:
        return [part.process.pid for part in self.state().parts if part.process]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    try:
        _until(lambda: commands.is_ready(stack.layout, stack.process.pid))
        yield stack
    finally:
        stack.process.terminate()
        stack.process.wait(60)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)


def _gone(pids: list[int]) -> bool:
    return not any(identify(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_tells_where_everything_is_and_stops_on_a_signal(stack: Stack, number: signal.Signals) -> None:
    pids = stack.pids()
    assert len(pids) == 2
    stack.process.send_signal(number)
    assert stack.process.wait(60) == 0
    assert _gone(pids)
    assert stack.state().phase == "stopped"
    output = stack.output.read_text()
    for told in (
        f"http://localhost:{stack.port}/developers",
        "kafka.example:9092",
        str(stack.layout.data),
        str(stack.layout.logs),
    ):
        assert told in output


def test_there_is_one_stack_in_a_folder(stack: Stack) -> None:
    with pytest.raises(LocalError, match="runs already"):
        run(stack.layout, read_options({}))
    commands.up(stack.layout)
    assert stack.process.poll() is None


def test_status_shows_each_process_and_fails_when_one_is_down(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.status(stack.layout) == 0
    shown = capsys.readouterr().out.splitlines()
    first = next(line.split() for line in shown if line.startswith("first"))
    assert first[:3] == ["first", "ready", str(stack.pids()[0])]
    assert "MiB" in shown[-1]
    os.kill(stack.pids()[1], signal.SIGKILL)
    _until(lambda: commands.status(stack.layout) == 1)
    assert "second                failed" in capsys.readouterr().out
    _until(lambda: commands.status(stack.layout) == 0)
    assert capsys.readouterr().out.splitlines()[-2].split()[-1] == "1"


def test_down_stops_it_and_then_there_is_nothing(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    pids = stack.pids()
    commands.down(stack.layout)
    assert stack.process.wait(60) == 0
    assert _gone(pids)
    assert commands.status(stack.layout) == 3
    commands.down(stack.layout)
    assert "Parvis is stopped." in capsys.readouterr().out


def test_what_a_killed_supervisor_leaves_is_ended(stack: Stack) -> None:
    pids = stack.pids()
    stack.process.kill()
    stack.process.wait()
    assert not _gone(pids)
    commands.down(stack.layout)
    assert _gone(pids)


def test_the_last_word_of_a_killed_supervisor_is_not_the_next_ones(stack: Stack) -> None:
    killed = stack.process.pid
    stack.process.kill()
    stack.process.wait()
    assert stack.state().phase == "ready"
    assert not commands.is_ready(stack.layout, killed)
    lock = FolderLock(stack.layout.run)
    lock.hold()  # as the next supervisor does before it writes anything
    assert not commands.is_ready(stack.layout, os.getpid())
    lock.release()
    commands.down(stack.layout)


def test_a_process_number_of_another_start_of_the_machine_is_left_alone(stack: Stack) -> None:
    pids = stack.pids()
    stack.process.kill()
    stack.process.wait()
    state = json.loads(stack.layout.state.read_text())
    stack.layout.state.write_text(json.dumps(state | {"boot": "another"}))
    commands.down(stack.layout)
    assert not _gone(pids)
    stack.layout.state.write_text(json.dumps(state))
    commands.down(stack.layout)
    assert _gone(pids)


def test_reset_keeps_software_and_removes_the_rest(stack: Stack) -> None:
    layout = stack.layout
    for folder in (layout.data, layout.kafka_jars):
        (folder / "deep").mkdir(parents=True)
    layout.secrets.write_text("{}")
    commands.reset(layout)
    assert stack.process.wait(60) == 0
    assert layout.kafka_jars.exists()
    assert not any(path.exists() for path in (layout.data, layout.logs, layout.run, layout.secrets))


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=f"port {port} is taken"):
            run(Layout(tmp_path / ".parvis"), read_options({"PARVIS_PORT": str(port)}))


def test_ports_stay_from_one_start_to_the_next(stack: Stack, tmp_path: Path) -> None:
    for _ in range(3):  # somebody else may take one of them in between
        ports = stack.state().ports
        commands.down(stack.layout)
        stack.process.wait(60)
        stack = Stack(tmp_path)
        _until(partial(commands.is_ready, stack.layout, stack.process.pid))
        if stack.state().ports == ports:
            break
    assert stack.state().ports == ports
    assert len(set(ports.values())) == len(ports)
    commands.down(stack.layout)
    stack.process.wait(60)


@pytest.mark.parametrize(
    ("variables", "told"), [({"PARVIS_PORT": "http"}, "PARVIS_PORT"), ({"KAFKA": "redpanda"}, "embedded or apache")]
)
def test_variables_that_mean_nothing_are_refused(variables: dict[str, str], told: str) -> None:
    with pytest.raises(LocalError, match=told):
        read_options(variables)


def test_a_stack_of_tests_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    stack = Layout(tmp_path / "stack")
    tests = [written(tmp_path, "tests.py", KILLED), str(stack.home), written(tmp_path, "stack.py", PROGRAM)]
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092"}
    killed = subprocess.run([sys.executable, *tests], env=os.environ | environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    state = read_state(stack.state)
    assert state.supervisor
    pids = [state.supervisor.pid, *(part.process.pid for part in state.parts if part.process)]
    _until(lambda: _gone(pids))
    assert read_state(stack.state).phase == "stopped"
