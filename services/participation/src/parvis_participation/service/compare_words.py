# SPDX-License-Identifier: EUPL-1.2
"""Texts are compared and brought together while a row is held, in a thread of their own.

The threads that all share work for readers, too: whoever asks for much there would have writers wait with their locks.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

_Made = TypeVar("_Made")
_THREAD: Final = ThreadPoolExecutor(1, "held-words")


async def while_held(work: Callable[[], _Made]) -> _Made:
    """What that work returns, which takes some 100 ms at most and asks the database nothing; raises what it raises."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, work)
