# SPDX-License-Identifier: EUPL-1.2
"""Commands that end by themselves: migrations, seeds, the gateway's compilation."""

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from parvis_local.child import log_tail
from parvis_local.errors import LocalError
from parvis_local.nursery import Nursery
from parvis_local.running import end

_LONGEST_SECONDS: Final = 300
_STOP_SECONDS: Final = 5


async def run_module(
    nursery: Nursery, name: str, module: str, args: tuple[str, ...], log: Path, env: Mapping[str, str]
) -> None:
    """Run that Python module as a process to its end.

    Raises:
        LocalError: it failed or took more than five minutes; the text ends with the last lines of its log.
    """
    process = await nursery.spawn(name, module, args, log, env)
    try:
        status = await asyncio.wait_for(process.wait(), _LONGEST_SECONDS)
    except BaseException as reason:
        await end(process, signal.SIGTERM, _STOP_SECONDS)
        if isinstance(reason, TimeoutError):
            raise LocalError(f"{name} takes more than {_LONGEST_SECONDS} s; see {log}") from None
        raise
    if status != 0:
        raise LocalError(f"{name} failed; {log} ends with:\n{log_tail(log)}")
