# SPDX-License-Identifier: EUPL-1.2
"""Whether a task has come to where another transaction holds it up."""

import asyncio
from typing import Any

_WAITING = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()"""


async def held_up(pool: Any, task: "asyncio.Task[Any]") -> bool:
    """True once somebody waits for a lock: at once, for the service waits two seconds at most; False if it ended."""
    async with asyncio.timeout(60):
        while not task.done():
            if await pool.fetchval(_WAITING):
                return True
            await asyncio.sleep(0.01)
    return False
