# SPDX-License-Identifier: EUPL-1.2
"""How much memory a server has had at most."""

from pathlib import Path
from typing import Final

_KILOBYTES: Final = 1_024


def peak_megabytes(pid: int) -> float:
    """The most that the process has had resident (VmHWM of proc_pid_status(5))."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) / _KILOBYTES
