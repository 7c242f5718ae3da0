# SPDX-License-Identifier: EUPL-1.2
"""Takes webhooks as fast as Python can, in a process of its own; ``slow`` ones are answered after two seconds."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvloop

from parvis_local.ports import LOOPBACK, free_port, is_taken

_ANSWER: Final = b"HTTP/1.1 204 No Content\r\n\r\n"
_LENGTH: Final = b"content-length:"
_END: Final = b"\r\n\r\n"
_SLOW_SECONDS: Final = 2.0
_START_SECONDS: Final = 15


class _Taking(asyncio.Protocol):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._read = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(_END)) >= 0:
            head = self._read[:end].lower()
            length = int(head.partition(_LENGTH)[2].partition(b"\r\n")[0])
            if len(self._read) < end + len(_END) + length:
                return
            self._read = self._read[end + len(_END) + length :]
            if self._seconds:
                asyncio.get_running_loop().call_later(self._seconds, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)


@contextmanager
def receiver(*, slow: bool = False) -> Iterator[int]:
    """Its port."""
    port = free_port()
    command = [sys.executable, "-m", "parvis_bench.receiving", str(port), str(_SLOW_SECONDS if slow else 0)]
    process = subprocess.Popen(command)  # noqa: S603 - ourselves
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not is_taken(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the receiver does not start")
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait()


async def _serve(port: int, seconds: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Taking(seconds), LOOPBACK, port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
