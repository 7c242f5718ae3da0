# SPDX-License-Identifier: EUPL-1.2
"""How long the whole local stack takes to start, and how much memory it then has, against one bare service."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from running_stack import RunningStack

from parvis_bench.bare_service import bare_service
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_local.folder_lock import FolderLock
from parvis_local.proc import Families

_NAME: Final = "stack.start"
_LATER_STARTS: Final = 3
_SETTLE_SECONDS: Final = 10
_MB: Final = 1_000_000


def measure(folder: Path) -> Sequence[Figure]:
    """From the command to all parts ready: into an empty folder, then over its data; memory some seconds later."""
    stack = RunningStack(folder)
    bare: list[tuple[float, float]] = []
    starts: list[float] = []
    memory: list[float] = []
    for _ in range(1 + _LATER_STARTS):
        with bare_service() as (pid, seconds, _):
            bare.append((seconds, Families().resident_bytes(pid) / _MB))
        started = time.monotonic()
        stack.start()
        try:
            starts.append(time.monotonic() - started)
            time.sleep(_SETTLE_SECONDS)
            holder = FolderLock(stack.layout.run).holder()
            if holder is None:
                raise RuntimeError("the stack ended by itself")
            memory.append(Families().resident_bytes(holder) / _MB)
        finally:
            stack.stop()
        print(f"  start {starts[-1]:.1f} s, memory {memory[-1]:.0f} MB; bare {bare[-1][0]:.2f} s", flush=True)
    bare_seconds, bare_memory = (median(column) for column in zip(*bare, strict=True))
    return [
        Figure(f"{_NAME}.first", starts[0], "s", bare_seconds),
        Figure(f"{_NAME}.later", median(starts[1:]), "s", bare_seconds),
        Figure(f"{_NAME}.memory", max(memory), "MB", bare_memory),
    ]


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={
        f"{_NAME}.first": Target("value", "at most", 90),
        f"{_NAME}.later": Target("value", "at most", 10),
        f"{_NAME}.memory": Target("value", "at most", 1_500),
    },
    measure=measure,
)
