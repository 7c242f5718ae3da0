# SPDX-License-Identifier: EUPL-1.2
"""The logs of the processes: one file each, of bounded size, with one older one beside it."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Final

_LARGEST_BYTES: Final = 32 * 1024 * 1024
_LOOK_SECONDS: Final = 30


def begin_logs(folder: Path) -> None:
    """Put the logs of the last run aside as ``<name>.log.1``."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        log.replace(log.with_name(f"{log.name}.1"))


async def bound_logs(folder: Path) -> None:
    """For ever: put aside what is written in a log that has become too large.

    The processes hold their logs open for appending, so that an emptied file goes on from its beginning.
    """
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.to_thread(_bound, folder, _LARGEST_BYTES)


def _bound(folder: Path, largest: int) -> None:
    for log in folder.glob("*.log"):
        if log.stat().st_size > largest:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
