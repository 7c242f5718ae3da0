# SPDX-License-Identifier: EUPL-1.2
"""The whole of Parvis in a folder of its own, as ``make run`` starts it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import httpx

from parvis_local.commands import is_ready
from parvis_local.demo.cast import Stage, stage
from parvis_local.layout import ROOT, Layout
from parvis_local.leash import leash
from parvis_local.lifecycle import end_leftovers
from parvis_local.ports import LOOPBACK, free_port
from parvis_local.state import read_state

_PROGRAM = ("-m", "parvis_local", "run")
_START_SECONDS = 180
_STOP_SECONDS = 60


class RunningStack:
    """Started, stopped and killed at will; its data stay over a stop. ``settings`` are variables of its environment.

    It ends with the process that started it: that of tests which are killed would otherwise run for ever.
    """

    def __init__(self, folder: Path, program: Sequence[str] = _PROGRAM, **settings: str) -> None:
        self._program = program
        self._settings = settings
        self.layout = Layout(folder)
        self.port = free_port()
        self._output = folder / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PARVIS_HOME": str(self.layout.home), "PARVIS_PORT": str(self.port), **self._settings}

    @property
    def is_running(self) -> bool:
        """Whether it was started, and not stopped or killed since."""
        return self._process is not None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.layout.home.mkdir(parents=True, exist_ok=True)
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [*leash(signal.SIGINT), sys.executable, *self._program],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not is_ready(self.layout, self._process.pid):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"the stack does not start:\n{self._output.read_text()}")
            time.sleep(0.1)

    def stage(self) -> AbstractContextManager[Stage]:
        """What a test calls."""
        return stage(self.layout)

    def inside(self, process: str, path: str) -> httpx.Response:
        """What that api or worker answers on its internal port."""
        name = f"{process}-internal" if process.endswith("-api") else process
        return httpx.get(f"http://{LOOPBACK}:{read_state(self.layout.state).ports[name]}{path}", timeout=60)

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_STOP_SECONDS)
            self._process = None

    def kill(self) -> None:
        """All processes at once, without a chance to say farewell."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(_STOP_SECONDS)
        self._process = None
        for part in read_state(self.layout.state).parts:
            if part.process and part.process.is_alive():
                os.kill(part.process.pid, signal.SIGKILL)
        end_leftovers(self.layout)
