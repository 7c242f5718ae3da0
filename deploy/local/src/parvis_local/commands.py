# SPDX-License-Identifier: EUPL-1.2
"""The commands beside ``run``: the same stack in the background, its state, its end."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Final

from parvis_local.errors import LocalError
from parvis_local.folder_lock import FolderLock
from parvis_local.layout import ROOT, Layout
from parvis_local.lifecycle import end_leftovers
from parvis_local.probe import JOINING, READY, STARTING, ask
from parvis_local.proc import Families, identify
from parvis_local.state import PartState, read_state

_UP_SECONDS: Final = 900  # Maven may have to fetch Apache Kafka over a slow line
_DOWN_SECONDS: Final = 90
_NOT_RUNNING: Final = 3
_MIB: Final = 1024 * 1024


def up(layout: Layout) -> None:
    """Start the stack in the background and wait until it is ready, showing what it says.

    Raises:
        LocalError: it does not start; why has been shown.
    """
    if FolderLock(layout.run).holder() is not None:
        print("Parvis runs already.")
        return
    layout.run.mkdir(parents=True, exist_ok=True)
    with (layout.run / "up.txt").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "parvis_local", "run"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            start_new_session=True,
        )
        told = output.fileno()
        deadline = time.monotonic() + _UP_SECONDS
        shown = 0
        while True:
            ended, ready = process.poll() is not None, is_ready(layout, process.pid)
            text = os.pread(told, 1_000_000, shown)
            shown += len(text)
            sys.stdout.write(text.decode("utf-8", "replace"))
            sys.stdout.flush()
            if ready:
                return
            if ended:
                raise LocalError("Parvis did not start")
            if time.monotonic() > deadline:
                raise LocalError(f"Parvis is not ready after {_UP_SECONDS} s; `make down` stops it")
            time.sleep(0.1)


def is_ready(layout: Layout, pid: int) -> bool:
    """Whether that process runs the stack of that folder, and all of it is ready."""
    state = read_state(layout.state)
    return state.phase == READY and state.supervisor is not None and state.supervisor == identify(pid)


def down(layout: Layout) -> None:
    """Stop the stack; harmless where none runs.

    Raises:
        LocalError: it does not end.
    """
    lock = FolderLock(layout.run)
    holder = lock.holder()
    if holder:
        print("Stopping Parvis …", flush=True)
        for number, patience in ((signal.SIGTERM, _DOWN_SECONDS), (signal.SIGKILL, 5)):
            with suppress(ProcessLookupError):
                os.kill(holder, number)
            deadline = time.monotonic() + patience
            while lock.holder() == holder and time.monotonic() < deadline:
                time.sleep(0.05)
        if lock.holder() == holder:
            raise LocalError(f"process {holder} does not end")
    end_leftovers(layout)
    print("Parvis is stopped.")


def reset(layout: Layout) -> None:
    """Stop the stack and remove its data, secrets and logs; software that was fetched stays."""
    down(layout)
    lock = FolderLock(layout.run)
    lock.hold()  # nobody starts it meanwhile
    for folder in (layout.data, layout.logs, layout.run):
        shutil.rmtree(folder, ignore_errors=True)
    layout.secrets.unlink(missing_ok=True)
    lock.release()
    print(f"Data, secrets and logs in {layout.home} are gone.")


def status(layout: Layout) -> int:
    """Show each process; returns 0 when all work, 1 when one does not, 3 when the stack does not run."""
    holder = FolderLock(layout.run).holder()
    if holder is None:
        print("Parvis is not running: `make up` or `make run` starts it.")
        return _NOT_RUNNING
    parts = read_state(layout.state).parts
    families = Families()
    print(f"{'process':<22}{'state':<10}{'pid':>8}{'port':>7}{'memory':>10}{'up':>9}  restarts")
    states = [_state(part) for part in parts]
    for part, state in zip(parts, states, strict=True):
        print(f"{part.name:<22}{state:<10}{_facts(part, families)}{part.restarts:>10}")
    print(f"{'all':<32}{holder:>8}{'':>7}{families.resident_bytes(holder) / _MIB:>6.0f} MiB")
    return 0 if all(state in {READY, JOINING} for state in states) else 1


def _state(part: PartState) -> str:
    if part.process is None:
        return "failed" if part.failed else STARTING
    return ask(part.probe) if part.process.is_alive() else "failed"


def _facts(part: PartState, families: Families) -> str:
    if part.process is None or not part.process.is_alive():
        return f"{'-':>8}{part.port or '-':>7}{'-':>10}{'-':>9}"
    memory = f"{families.resident_bytes(part.process.pid) / _MIB:.0f} MiB"
    return f"{part.process.pid:>8}{part.port or '-':>7}{memory:>10}{_duration(part.process.uptime()):>9}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s"
