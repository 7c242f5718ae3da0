# SPDX-License-Identifier: EUPL-1.2
"""What a server has taken of the processors: time is comparable where the machine is shared, speed is not."""

import os
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
# Fields of /proc/<pid>/stat after the name in parentheses (proc(5)): time in user and in system mode, in ticks.
_USER, _SYSTEM = 11, 12


def processor_seconds(pid: int) -> float:
    """Of that process and its children, as long as they run."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return sum(_seconds(member) for member in (pid, *map(int, children)))


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS
