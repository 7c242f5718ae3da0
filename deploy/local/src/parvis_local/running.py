# SPDX-License-Identifier: EUPL-1.2
"""One process of the stack while it runs, whether a program of its own or a child of the nursery."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

_KILL_SECONDS = 5


class Running(Protocol):
    """A started process."""

    @property
    def pid(self) -> int:
        """Its process id."""

    async def wait(self) -> int:
        """Wait for its end; returns the exit status, negative where a signal ended it."""


async def execute(command: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None) -> Running:
    """Start a program with its output appended to that file, in a session of its own."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            start_new_session=True,
        )


async def end(process: Running, stop: signal.Signals, patience: float) -> None:
    """Ask the process to stop, and kill it where it has not ended after that many seconds."""
    for number, seconds in ((stop, patience), (signal.SIGKILL, _KILL_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(process.wait()), seconds)
            return
