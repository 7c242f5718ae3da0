# SPDX-License-Identifier: EUPL-1.2
"""How a process of a service runs: both ports in one event loop, background tasks beside, a clean stop on a signal."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any

import uvicorn
import uvloop
from starlette.types import ASGIApp

_GRACE_SECONDS = 10
_OBJECTS_BETWEEN_COLLECTIONS = 20_000


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # One handler for the whole process, below: uvicorn's own would stop one of the two servers only.
        yield


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a process to its end on uvloop."""
    # What is loaded by now stays; and the garbage of calls is freed by counting but for few cycles, so that looking for
    # them at each 700 new objects, as is usual, takes a twentieth of a busy process's time.
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
    uvloop.run(main)


async def serve(ports: Sequence[tuple[ASGIApp, str, int]], *background: Coroutine[Any, Any, None]) -> None:
    """Serve each application on its host and port until SIGTERM or SIGINT, with these tasks beside.

    A background task that ends or fails ends the process: whoever runs it starts it again.
    """
    servers = [_Server(_config(app, host, port)) for app, host, port in ports]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(work) for work in (*(server.serve() for server in servers), *background)
    ]
    waiting = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        for server in servers:
            server.should_exit = True
        for task in tasks[len(servers) :]:
            task.cancel()
        await asyncio.wait(tasks, timeout=_GRACE_SECONDS + 2)
    for task in done - {waiting}:
        task.result()
    if waiting not in done:
        raise RuntimeError("a part of the process ended by itself")


def _config(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, host=host, port=port, loop="none", http="httptools", ws="none", lifespan="off", access_log=False,
        log_config=None, server_header=False, limit_concurrency=500, backlog=512,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        proxy_headers=False,  # which of our proxies to believe is for a service to say
        timeout_keep_alive=65,  # longer than the gateway keeps its connections, so that the gateway closes first
    )  # fmt: skip
