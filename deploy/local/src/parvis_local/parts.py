# SPDX-License-Identifier: EUPL-1.2
"""What a stack is made of: steps done once, and parts that live as long as it does."""

import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from parvis_local.running import Running


@dataclass(frozen=True, slots=True)
class Step:
    """Something done once, such as a migration; cancelled, it must leave no process behind.

    Attributes:
        title: what it does, told when it takes long.
        needs: steps that must be done, and parts that must be ready, before it begins.
    """

    name: str
    title: str
    run: Callable[[], Awaitable[None]]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A process that is started again whenever it ends.

    Attributes:
        start: starts the process anew.
        probe: how to ask whether it is ready, as ``parvis_local.probe.ask`` takes it.
        needs: as for a step.
        follows: a part that comes back with another address: this one is then started again too.
        port: where it listens, if it is one port that somebody may want to know.
        stop_seconds: patience with its end before it is killed.
        start_seconds: patience with its first start before the stack gives up.
    """

    name: str
    title: str
    start: Callable[[], Awaitable[Running]]
    probe: str
    log: Path
    needs: tuple[str, ...] = ()
    follows: str = ""
    port: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15
    start_seconds: float = 90


def depths(work: tuple[Step | Part, ...]) -> dict[str, int]:
    """How far each item is from one that needs nothing; an item's needs come before it."""
    found: dict[str, int] = {}
    for item in work:
        found[item.name] = 1 + max((found[need] for need in item.needs), default=0)
    return found
