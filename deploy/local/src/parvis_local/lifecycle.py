# SPDX-License-Identifier: EUPL-1.2
"""The life of one stack: begun, watched over, ended; with what it leaves for others to read."""

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from parvis_local.environment import Environments
from parvis_local.errors import LocalError
from parvis_local.folder_lock import FolderLock
from parvis_local.layout import Layout
from parvis_local.logs import begin_logs, bound_logs
from parvis_local.nursery import Nursery
from parvis_local.options import Options
from parvis_local.parts import Part
from parvis_local.ports import claim, free_ports, is_taken
from parvis_local.probe import READY
from parvis_local.proc import boot_id, identify
from parvis_local.secret_store import SecretStore
from parvis_local.stack import PORTS, compose
from parvis_local.stack.context import Context
from parvis_local.stack.events import bootstrap_servers
from parvis_local.state import PartState, StackState, read_state, write_state
from parvis_local.supervisor import Supervisor
from parvis_local.table import table

_LEFTOVER_SECONDS: Final = 10


def run(layout: Layout, options: Options) -> None:
    """Run the stack in the foreground until SIGINT or SIGTERM.

    Raises:
        LocalError: it runs already, its port is taken, or a part of it does not start.
    """
    lock = FolderLock(layout.run)
    if lock.holder() is not None:
        raise LocalError("Parvis runs already in this folder: `make status` shows it, `make down` stops it")
    lock.hold()
    end_leftovers(layout)
    if is_taken(options.port):
        raise LocalError(
            f"port {options.port} is taken by another program: stop it, or choose another port with PARVIS_PORT=…"
        )
    for folder in (layout.data, layout.run):
        folder.mkdir(parents=True, exist_ok=True)
    begin_logs(layout.logs)
    asyncio.run(_Life(layout, options).live())


def end_leftovers(layout: Layout) -> None:
    """End the processes of a stack whose supervisor was killed."""
    state = read_state(layout.state)
    if state.boot != boot_id():
        return
    alive = [part.process for part in reversed(state.parts) if part.process and part.process.is_alive()]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in alive:
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)
        deadline = time.monotonic() + _LEFTOVER_SECONDS
        while (alive := [process for process in alive if process.is_alive()]) and time.monotonic() < deadline:
            time.sleep(0.05)


class _Life:
    def __init__(self, layout: Layout, options: Options) -> None:
        self._layout = layout
        self._options = options
        ports = _ports(read_state(layout.state).ports)
        secrets = SecretStore(layout.secrets)
        environments = Environments(options, layout, secrets, ports)
        self._context = Context(options, layout, ports, secrets, environments, Nursery())
        self._work = compose(self._context)
        parts = tuple(PartState(part.name, part.probe, part.port) for part in self._work if isinstance(part, Part))
        me = identify(os.getpid())
        self._state = StackState(parts=parts, ports=dict(ports), public_url=options.public_url, supervisor=me)

    async def live(self) -> None:
        self._note(self._state)
        self._began = time.monotonic()
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._asked_to_stop, stop)
        bounding = asyncio.create_task(bound_logs(self._layout.logs))
        supervisor = Supervisor(self._work, changed=lambda part: self._note(self._state.with_part(part)), say=_say)
        try:
            await supervisor.run(stop, self._ready)
        finally:
            bounding.cancel()
            self._note(replace(self._state, phase="stopped"))

    def _ready(self) -> None:
        # In this order: whoever waits for "ready" in the background shows what was said until then.
        _say(table(self._context, time.monotonic() - self._began))
        kafka = bootstrap_servers(self._context)
        self._note(replace(self._state, phase=READY, bootstrap_servers=kafka))

    def _asked_to_stop(self, stop: asyncio.Event) -> None:
        if not stop.is_set():
            self._note(replace(self._state, phase="stopping"))
            _say("\nStopping …")
            stop.set()

    def _note(self, state: StackState) -> None:
        self._state = state
        write_state(self._layout.state, state)


def _ports(before: Mapping[str, int]) -> dict[str, int]:
    """The ports of the last run where they are still free, so that an address noted down stays right."""
    kept = {name: port for name, port in before.items() if name in PORTS and not is_taken(port) and claim(port)}
    missing = [name for name in PORTS if name not in kept]
    return kept | dict(zip(missing, free_ports(len(missing)), strict=True))


def _say(text: str) -> None:
    print(text, flush=True)
