# SPDX-License-Identifier: EUPL-1.2
"""What the kernel tells of processes (proc(5))."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat after the name in parentheses, which may itself hold blanks: 3rd field state first.
_PARENT, _STARTED = 1, 19


@dataclass(frozen=True, slots=True)
class Identity:
    """A process for good: numbers are used again, the moment of the start (in ticks since boot) tells them apart."""

    pid: int
    started: int

    def is_alive(self) -> bool:
        """Whether that very process still runs."""
        return identify(self.pid) == self

    def uptime(self) -> float:
        """Seconds since its start."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.started / _TICKS


def identify(pid: int) -> Identity | None:
    """The process that now has this number, unless it has ended."""
    fields = _stat(pid)
    return Identity(pid, int(fields[_STARTED])) if fields and fields[0] not in "ZX" else None


class Families:
    """Who descended from whom, at the moment of its making."""

    def __init__(self) -> None:
        self._children: dict[int, list[int]] = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and (fields := _stat(int(folder.name))):
                self._children.setdefault(int(fields[_PARENT]), []).append(int(folder.name))

    def resident_bytes(self, pid: int) -> int:
        """Memory of the process and all its descendants; what several of them share is counted once in all.

        It is the proportional set size where the kernel shows it to us, else the resident set size.
        """
        family = [pid]
        for member in family:
            family += self._children.get(member, [])
        return sum(_memory(member) for member in family)


def processes_in(folder: Path, title: str) -> list[int]:
    """Numbers of the processes that work in that folder under such a title; root alone sees those of other users."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            works_there = (process / "cwd").readlink() == folder
            if works_there and (process / "cmdline").read_text("latin-1").startswith(title):
                found.append(int(process.name))
    return found


def boot_id() -> str:
    """Another one after each start of the machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()


def _memory(pid: int) -> int:
    for file, label in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            lines = Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith(label):
                return int(line.split()[1]) * 1024
    return 0


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
