# SPDX-License-Identifier: EUPL-1.2
"""The worker does to one row after another what is due: one that fails keeps no other from its turn."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from parvis_kit.logs import logger

_log = logger(__name__)


async def in_turn(act: Callable[[list[UUID]], Awaitable[bool]]) -> int:
    """Have it done until nothing more is due; returns how often it was. What failed is tried again at the next look.

    ``act`` does it once, in a transaction of its own: it takes a row whose id is not in the list, adds that id before
    the work begins, and gives False where there is none. Raises what it raises before that.
    """
    done, failed = 0, list[UUID]()
    while True:
        known = len(failed)
        try:
            if not await act(failed):
                return done
            done += 1
            del failed[known:]
        except Exception as error:
            if len(failed) == known:
                raise
            _log.exception("turn_failed", row=str(failed[-1]), error=type(error).__name__)
