# SPDX-License-Identifier: EUPL-1.2
"""How a program that reads what strangers made is run: a process of its own for each content, without environment."""

import asyncio
import sys
from collections.abc import Sequence
from typing import Final

# -I: nothing of the caller's folder or environment is imported; the name of a module follows, and its arguments.
MODULE: Final = ("-I", "-m")


async def run_apart(arguments: Sequence[object], content: bytes, seconds: float) -> tuple[int, bytes]:
    """Give the content to Python with these arguments; its exit status and what it wrote.

    A status below zero is that of the signal that ended it. Raises TimeoutError after so many seconds,
    waiting for a processor included. However this ends, the process has ended.
    """
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, *map(str, arguments)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(seconds):
            written, _ = await program.communicate(content)
    finally:
        if program.returncode is None:
            program.kill()
        status = await program.wait()
    return status, written
