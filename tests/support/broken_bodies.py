# SPDX-License-Identifier: EUPL-1.2
"""Bodies that no client means to send: each operation that takes one is sent a few of them, and all go somewhere."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import httpx
from documents import read_document
from running_service import RunningService

CONTRACTS: Final = Path(__file__).parents[2] / "contracts" / "openapi"
# A body that cannot be read, is too large, or is of a kind or a coding that is not taken (RFC 9110 section 15.5).
REFUSED: Final = {400, 413, 415, 422}
_DEEP: Final = 20_000
# Unpacked it is 64 MiB, packed 64 KiB: no operation says that it unpacks.
_BOMB: Final = gzip.compress(bytes(1 << 26))
_JSON: Final = {
    "is cut off": b'{"name": "voir',
    "is not UTF-8": b'{"name": "\xff\xfe"}',
    "is UTF-16": '{"name": "voirie"}'.encode("utf-16"),
    "has half a character": b'{"name": "\\ud800"}',
    "holds what is no JSON": b'{"name": NaN}',
    "nests arrays": b"[" * _DEEP + b"]" * _DEEP,
    "nests objects": b'{"name":' * _DEEP + b"1" + b"}" * _DEEP,
    "holds a number without end": b'{"name": ' + b"9" * 40_000 + b"}",
    "is empty": b"",
    "unfolds": _BOMB,
}
_FORM: Final = {
    "is no form at all": b"\x00\xff\xfe",
    "has a thousand fields": b"&".join(b"f%d=1" % number for number in range(5_000)),
    "unfolds": _BOMB,
}
_PARTS: Final = {
    "never begins": b"voirie",
    "never ends": b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\nvoirie',
    "has a head without end": b"--x\r\nX: " + b"a" * 100_000,
    "has a thousand parts": b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 5_000 + b"--x--\r\n",
    "names nothing": b"--x\r\n\r\nvoirie\r\n--x--\r\n",
}
# The forms of Open311 have tests of their own; what is sent to the API of GOV.UK Notify is refused by its errors, not
# by problems. What a homeserver brings is read only from who knows its token: those tests send broken bodies with it.
_ELSEWHERE: Final = ("/open311/", "/v2/", "/_matrix/")
_BODIES: Final = {
    "application/json": _JSON,
    "application/x-www-form-urlencoded": _FORM,
    "multipart/form-data; boundary=x": _PARTS,
}


@dataclass(frozen=True, slots=True)
class Broken:
    """One body for one operation."""

    method: str
    path: str
    kind: str
    name: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.kind} that {self.name}"


def broken_bodies(service: str) -> Iterator[Broken]:
    """Three for each kind of body of each operation of the contract, by turns; files are tested as files.

    They are read by one reader in each service, so that all of them everywhere would show no more, and take a minute.
    """
    turns = {kind: cycle(bodies.items()) for kind, bodies in _BODIES.items()}
    for path, operations in read_document(CONTRACTS / f"{service}.v1.yaml")["paths"].items():
        for method, operation in operations.items():
            if path.startswith(_ELSEWHERE) or "requestBody" not in operation:
                continue
            for kind, turn in turns.items():
                if kind.partition(";")[0] in operation["requestBody"]["content"]:
                    yield from (Broken(method.upper(), path, kind, name, body) for name, body in islice(turn, 3))


async def accepted(
    running: RunningService,
    headers: dict[str, str],
    service: str,
    answers: tuple[str, ...] = ("application/problem+json",),
) -> list[str]:
    """What was not refused as it should be: in one of these forms, by a service that neither stops nor grows by it."""
    found = []
    async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=60) as client:
        await client.get("/healthz")
        before = _memory(running)
        for broken in broken_bodies(service):
            answer = await _sent(client, broken)
            told = answer.headers.get("content-type", "").startswith(answers)
            if answer.status_code not in REFUSED or not told:
                found.append(f"{broken}: {answer.status_code} {answer.text[:80]}")
        grown = _memory(running) - before
    return found + ([f"it grew by {grown >> 20} MiB"] if grown > 48 << 20 else [])


def forget_peak(running: RunningService) -> int:
    """The memory that the service has now, from which on its peak counts (proc(5), clear_refs); in bytes."""
    Path(f"/proc/{running.process.pid}/clear_refs").write_text("5", "ascii")
    return _memory(running)


def peak(running: RunningService) -> int:
    """The most memory that the service had since :func:`forget_peak`; in bytes."""
    return _memory(running, "VmHWM")


async def rows(url: str) -> dict[str, int]:
    """How many rows each table has."""
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for (name,) in names}
    finally:
        await connection.close()


async def _sent(client: httpx.AsyncClient, broken: Broken) -> httpx.Response:
    path = "/".join(str(uuid4()) if part.startswith("{") else part for part in broken.path.split("/"))
    headers = {"Content-Type": broken.kind, "If-Match": '"1"', "Idempotency-Key": str(uuid4())}
    if broken.name == "unfolds":
        headers["Content-Encoding"] = "gzip"
    return await client.request(broken.method, path, content=broken.body, headers=headers)


def _memory(running: RunningService, figure: str = "VmRSS") -> int:
    for line in Path(f"/proc/{running.process.pid}/status").read_text("ascii").splitlines():
        if line.startswith(figure):
            return int(line.split()[1]) << 10
    raise ProcessLookupError(running.process.pid)
