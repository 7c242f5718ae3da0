# SPDX-License-Identifier: EUPL-1.2
"""An application in a thread of its own, on a port that nobody else can take: it listens before it is named."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute


@contextmanager
def served(routes_at: Callable[[str], Sequence[BaseRoute]]) -> Iterator[str]:
    """The address of an application of these routes, which are made for it; ready when it is given."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = Starlette(routes=routes_at(url))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        ready, startup = threading.Event(), server.startup

        async def started(sockets: Any = None) -> None:
            await startup(sockets)
            ready.set()

        server.startup = started  # type: ignore[method-assign]
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        assert ready.wait(60)
        try:
            yield url
        finally:
            server.should_exit = server.force_exit = True
            thread.join(60)
