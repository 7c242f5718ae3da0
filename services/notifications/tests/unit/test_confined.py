# SPDX-License-Identifier: EUPL-1.2
"""What a process that reads what strangers made can still do: nothing to others."""

import asyncio
import ctypes
import socket
from pathlib import Path

import pytest

from parvis_files.apart import MODULE, run_apart

_CONFINED = "import os, signal, socket, sys; from parvis_files.confined import confined; assert confined(2**30, 5)"
_CREATE_RULESET, _ASK_VERSION = 444, 1
LANDLOCK = int(ctypes.CDLL(None).syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION))
# Since which version of Landlock's interface it can take that away (landlock(7)).
_TRUNCATION, _TCP, _SIGNALS = 3, 4, 6


async def _may(act: str) -> bool:
    """Whether a confined process can do that; any other error than being refused is one of the test."""
    tried = f"try:\n {act}\nexcept PermissionError:\n os._exit(9)\nos._exit(0)"
    status, _ = await run_apart((*MODULE, "timeit", "-n1", "-r1", "-s", _CONFINED, tried), b"", 30)
    assert status in {0, 9}
    return status == 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "file"
    file.write_text("words")
    return file


async def test_it_reads_and_empties_no_file(file: Path) -> None:
    assert await _may("os.getpid()")
    assert not await _may(f"open({str(file)!r})")
    assert not await _may(f"os.unlink({str(file)!r})")
    if LANDLOCK >= _TRUNCATION:
        assert not await _may(f"os.truncate({str(file)!r}, 0)")
    assert await asyncio.to_thread(file.read_text) == "words"


async def test_it_calls_nobody_and_ends_nobody_where_the_kernel_can_hold_it_to_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert await _may(f"socket.create_connection({server.getsockname()!r})") is (LANDLOCK < _TCP)
    assert await _may("os.kill(os.getppid(), 0)") is (LANDLOCK < _SIGNALS)
