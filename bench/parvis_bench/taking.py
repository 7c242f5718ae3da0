# SPDX-License-Identifier: EUPL-1.2
"""Takes mails (SMTP) or text messages (HTTP) as fast as Python can, in a process of its own, and counts them.

Of mails it counts the addresses, too: as many as mails where none came twice.
"""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

import uvloop

from parvis_local.ports import LOOPBACK, free_port, is_taken

SINGLE: Final = "single@"
"""How the address of the one mail begins whose arrival is noted."""
_END: Final = b"\r\n.\r\n"
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"
_BODY: Final = b'{"sid": "SM%032d", "status": "queued", "num_segments": "1", "price": null}'
_START_SECONDS: Final = 15
_taken = {"taken": 0, "single_at": 0.0}
_addresses = set[bytes]()


class _Smtp(asyncio.Protocol):
    def __init__(self) -> None:
        self._read = b""
        self._content = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(b"220 bench ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        while True:
            end = self._read.find(_END if self._content else b"\r\n")
            if end < 0:
                return
            if self._content:
                self._read, self._content = self._read[end + len(_END) :], False
                _taken["taken"] += 1
                self._transport.write(b"250 2.0.0 taken\r\n")
            else:
                line, self._read = self._read[:end], self._read[end + 2 :]
                self._command(line)

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"DATA":
            self._content = True
            self._transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            if verb == b"RCPT":
                _addresses.add(line)
                if SINGLE.encode() in line:
                    _taken["single_at"] = time.monotonic()
            self._transport.write(b"250 OK\r\n")


class _Http(asyncio.Protocol):
    def __init__(self) -> None:
        self._read = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(_HEAD_END)) >= 0:
            head = self._read[:end].lower()
            length = int(head.partition(_LENGTH)[2].partition(b"\r\n")[0] or 0)
            if len(self._read) < end + len(_HEAD_END) + length:
                return
            self._read = self._read[end + len(_HEAD_END) + length :]
            _taken["taken"] += 1
            body = _BODY % _taken["taken"]
            self._transport.write(
                b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body
            )


class _Telling(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        transport.write(json.dumps(_taken | {"addresses": len(_addresses)}).encode())
        transport.close()


@dataclass(frozen=True, slots=True)
class Taker:
    """Where it takes, and where it tells."""

    port: int
    telling: int

    def told(self) -> dict[str, float]:
        """``taken`` up to now, to how many ``addresses`` if mails; ``single_at`` by the monotonic clock, 0 before."""
        with socket.create_connection((LOOPBACK, self.telling)) as connection:
            read = b"".join(iter(lambda: connection.recv(4_096), b""))
        told: dict[str, float] = json.loads(read)
        return told


@contextmanager
def taker(kind: Literal["mails", "texts"]) -> Iterator[Taker]:
    """One of them."""
    made = Taker(free_port(), free_port())
    command = [sys.executable, "-m", "parvis_bench.taking", kind, str(made.port), str(made.telling)]
    process = subprocess.Popen(command)  # noqa: S603 - ourselves
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not (is_taken(made.port) and is_taken(made.telling)):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the taker does not start")
            time.sleep(0.02)
        yield made
    finally:
        process.terminate()
        process.wait()


async def _serve(kind: str, port: int, telling: int) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_server(_Telling, LOOPBACK, telling)
    server = await loop.create_server(_Smtp if kind == "mails" else _Http, LOOPBACK, port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
