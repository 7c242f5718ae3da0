# SPDX-License-Identifier: EUPL-1.2
"""An HTTP server that answers 499 bytes to whatever it is asked, as fast as Python can: what proxies are put before."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvloop

from parvis_local.ports import LOOPBACK, free_port, is_taken

_BODY: Final = b'{"items": [' + b" " * 486 + b"]}"
_ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY
_END: Final = b"\r\n\r\n"
_START_SECONDS: Final = 15


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        # Only GETs come here: a call ends with its head.
        calls = (self._read + data).split(_END)
        self._read = calls.pop()
        self._transport.write(_ANSWER * len(calls))


@contextmanager
def upstream() -> Iterator[int]:
    """Its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "parvis_bench.upstream", str(port)])  # noqa: S603 - ourselves
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not is_taken(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the upstream does not start")
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Answering, LOOPBACK, port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
