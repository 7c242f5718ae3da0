# SPDX-License-Identifier: EUPL-1.2
"""Python processes forked from one that has already imported what they share.

A dozen processes import the same libraries; doing it once makes a start three times as short and shares the memory.
The mechanism is multiprocessing's fork server. Each child runs the very command that runs alone elsewhere:
``python -m parvis_requests api``.
"""

import asyncio
import ctypes
import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_PRELOAD: Final = "parvis_local.preload"
_PR_SET_PDEATHSIG: Final = 1
_NAME_LENGTH: Final = 15


class Nursery:
    """Starts Python modules as processes."""

    def __init__(self, preload: str = _PRELOAD) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([preload])

    async def open(self) -> None:
        """Load the shared libraries, which takes a second or more."""
        await asyncio.to_thread(self._warm)

    def _warm(self) -> None:
        first = self._context.Process(target=int, daemon=True)
        first.start()
        first.join()

    async def spawn(self, name: str, module: str, args: tuple[str, ...], log: Path, env: Mapping[str, str]) -> "Child":
        """Run that module as ``__main__``, with this environment and nothing else of ours, its output in that file."""
        process = self._context.Process(
            target=_live, args=(name, module, args, str(log), dict(env)), name=name, daemon=True
        )
        await asyncio.to_thread(process.start)
        return Child(process)


class Child:
    """A process that the nursery started."""

    def __init__(self, process: "multiprocessing.context.ForkServerProcess") -> None:
        self._process = process
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.sentinel, self._note_end)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid or 0

    async def wait(self) -> int:
        """Wait for its end; returns the exit status, negative where a signal ended it."""
        await self._ended.wait()
        self._process.join()
        return self._process.exitcode or 0

    def _note_end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._ended.set()


def _live(name: str, module: str, args: tuple[str, ...], log: str, env: dict[str, str]) -> None:
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    # The nursery ends when nobody holds its pipe any more, which multiprocessing hands on to each child: closed here,
    # the supervisor's death is the nursery's, and the nursery's is the children's.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    Path("/proc/self/comm").write_text(name[:_NAME_LENGTH], encoding="utf-8")
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [module, *args]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
