# SPDX-License-Identifier: EUPL-1.2
"""The smallest service of the same frame, to compare start and memory with: FastAPI on uvicorn, one route."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

from parvis_local.ports import LOOPBACK, free_port

_START_SECONDS: Final = 60


@contextmanager
def bare_service() -> Iterator[tuple[int, float]]:
    """Its process id, and the seconds from its start to its first answer."""
    port = free_port()
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "parvis_bench.bare_service", str(port)])  # noqa: S603 - ourselves
    try:
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > started + _START_SECONDS:
                raise RuntimeError("the bare service does not start")
            time.sleep(0.02)
        yield process.pid, time.monotonic() - started
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def main(port: int) -> None:
    """Serve until told to stop."""
    app = FastAPI()

    @app.get("/")
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    uvicorn.run(app, host=LOOPBACK, port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]))
