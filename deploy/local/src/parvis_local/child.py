# SPDX-License-Identifier: EUPL-1.2
"""Programs that run beside this one: started with their output in a file, ended within a bounded time."""

import contextlib
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_KILL_SECONDS = 5


def launch(
    command: Sequence[str], log: Path, *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start the program with its output appended to that file, in a session of its own.

    A Ctrl-C in the terminal so reaches only whoever started it, and who ends it in good order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], stop: signal.Signals, patience: float) -> None:
    """Ask the program to stop, and kill it where it has not ended after that many seconds."""
    for number, seconds in ((stop, patience), (signal.SIGKILL, _KILL_SECONDS)):
        if process.poll() is None:
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def log_tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for a message that says why something failed."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(no log)"
