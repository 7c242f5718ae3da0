# SPDX-License-Identifier: EUPL-1.2
"""Starts what the stack is made of in the order of its needs, starts again what ends, and stops all in reverse."""

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Final

from parvis_local.child import log_tail
from parvis_local.errors import LocalError
from parvis_local.parts import Part, Step, depths
from parvis_local.probe import STARTING, ask
from parvis_local.proc import identify
from parvis_local.running import Running, end
from parvis_local.state import PartState

_POLL_SECONDS: Final = 0.1
_LONG_SECONDS: Final = 1.0
_ATTEMPTS: Final = 3
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 30.0
_STEADY_SECONDS: Final = 60.0


class _Kept:
    """A part and the process that now runs it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: Running | None = None
        self.was_ready = False
        self.failed = False
        self.failures = 0
        self.restarts = 0
        self.sent_away = False

    def state(self) -> PartState:
        part, process = self.part, identify(self.process.pid) if self.process else None
        return PartState(part.name, part.probe, part.port, process, failed=self.failed, restarts=self.restarts)

    async def end(self) -> None:
        if self.process:
            await end(self.process, self.part.stop_signal, self.part.stop_seconds)


class Supervisor:
    """Runs steps and parts.

    Args:
        work: what to do; each item's needs come before it.
        changed: told each time that a part has another state.
        say: told, in a sentence, what takes long and what went wrong.
    """

    def __init__(
        self, work: tuple[Step | Part, ...], *, changed: Callable[[PartState], None], say: Callable[[str], None]
    ) -> None:
        self._work = work
        self._changed = changed
        self._say = say
        self._done = {item.name: asyncio.Event() for item in work}
        self._kept = {item.name: _Kept(item) for item in work if isinstance(item, Part)}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Start everything, call ``ready`` when all of it works, keep it so until ``stop`` is set, stop everything.

        Raises:
            LocalError: a step failed, or a part does not start; all has been stopped again.
        """
        self._tasks = {item.name: asyncio.create_task(self._do(item)) for item in self._work}
        started = asyncio.create_task(self._wait_for(*self._done))
        started.add_done_callback(lambda task: None if task.cancelled() else ready())
        stopping = asyncio.create_task(stop.wait())
        running = set(self._tasks.values())
        try:
            while running and not stopping.done():
                done, _ = await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
                for task in done & running:
                    task.result()
                running -= done
        finally:
            started.cancel()
            stopping.cancel()
            await self._stop_all()

    async def _do(self, item: Step | Part) -> None:
        await self._wait_for(*item.needs)
        slow = asyncio.get_running_loop().call_later(_LONG_SECONDS, self._say, f"{item.title} …")
        try:
            if isinstance(item, Part):
                await self._keep(self._kept[item.name], slow)
            else:
                await item.run()
                self._done[item.name].set()
        finally:
            slow.cancel()

    async def _wait_for(self, *names: str) -> None:
        for name in names:
            await self._done[name].wait()

    async def _keep(self, kept: _Kept, slow: asyncio.TimerHandle) -> None:
        while not self._stopping:
            await self._wait_for(*kept.part.needs)
            began = time.monotonic()
            kept.process, kept.failed = await _launch(kept.part), False
            self._changed(kept.state())
            status = await self._attend(kept, kept.process, slow)
            kept.process = None
            self._done[kept.part.name].clear()
            if not self._stopping:
                kept.restarts += 1
                if not kept.sent_away:
                    await self._pause(kept, status, time.monotonic() - began)
                kept.sent_away = False
        self._changed(kept.state())

    async def _attend(self, kept: _Kept, process: Running, slow: asyncio.TimerHandle) -> int:
        """Wait for the end of the process, and see to its first moments."""
        end = asyncio.ensure_future(process.wait())
        start = asyncio.create_task(self._see_ready(kept))
        try:
            await asyncio.wait({end, start}, return_when=asyncio.FIRST_COMPLETED)
            if not end.done():
                slow.cancel()
                start.result()
            return await end
        finally:
            start.cancel()
            end.cancel()

    async def _see_ready(self, kept: _Kept) -> None:
        part = kept.part
        deadline = time.monotonic() + part.start_seconds
        while await asyncio.to_thread(ask, part.probe) == STARTING:
            await asyncio.sleep(_POLL_SECONDS)
            if time.monotonic() > deadline and not kept.was_ready:
                raise LocalError(self._problem(part, f"is not ready after {part.start_seconds:g} s"))
        if kept.was_ready:
            for other in self._kept.values():
                if other.part.follows == part.name and other.process:
                    other.sent_away = True
                    await other.end()
        kept.was_ready = True
        self._done[part.name].set()

    async def _pause(self, kept: _Kept, status: int, lived: float) -> None:
        name = kept.part.name
        kept.failed = True
        kept.failures = 1 if lived > _STEADY_SECONDS else kept.failures + 1
        if kept.failures >= _ATTEMPTS and not kept.was_ready:
            raise LocalError(self._problem(kept.part, "does not start"))
        self._changed(kept.state())
        delay = min(_FIRST_DELAY * 2 ** (kept.failures - 1), _LONGEST_DELAY)
        reason = f"exit status {status}" if status >= 0 else signal.Signals(-status).name
        self._say(f"{name} ended ({reason}); it starts again in {delay:g} s")
        await asyncio.sleep(delay)

    @staticmethod
    def _problem(part: Part, what: str) -> str:
        return f"{part.name} {what}; {part.log} ends with:\n{log_tail(part.log)}"

    async def _stop_all(self) -> None:
        self._stopping = True
        for item in self._work:
            if isinstance(item, Step):
                self._tasks[item.name].cancel()
        depth = depths(self._work)
        for level in sorted(set(depth.values()), reverse=True):
            await asyncio.gather(*(self._stop(kept) for kept in self._kept.values() if depth[kept.part.name] == level))
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _stop(self, kept: _Kept) -> None:
        if kept.process is None:
            self._tasks[kept.part.name].cancel()
        await kept.end()
        await asyncio.gather(self._tasks[kept.part.name], return_exceptions=True)


async def _launch(part: Part) -> Running:
    launching = asyncio.ensure_future(part.start())
    try:
        return await asyncio.shield(launching)
    except asyncio.CancelledError:
        # The process may exist already: it must not be left alone.
        await end(await launching, part.stop_signal, part.stop_seconds)
        raise
