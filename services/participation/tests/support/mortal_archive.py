# SPDX-License-Identifier: EUPL-1.2
"""Processes that die over files of votes, as by ``kill -9``: ``mortal_archive.py [["api", WHERE, AGENT, FILE], …]``.

Each is an ``api`` or a ``worker``, and dies at WHERE, which is ``commit-1-before``, ``run_apart-1-after`` and so on:
which call of what, and on which side of it. Written is where none died. All are forked from one that has imported
everything, which takes longer than what they do.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from archive_town import send
from participation_town import Town

from parvis_kit.db.database import UnitOfWork
from parvis_kit.runtime import open_runtime
from parvis_participation.main import SCOPES, internal_app, public_app
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service import count_archives
from parvis_participation.settings import MIGRATIONS, Settings
from parvis_testing import open_harness


def mortal(owner: Any, name: str, where: str) -> None:
    """Have the process die before or after a call of that function."""
    what, number, side = where.split("-")
    if what != name:
        return
    function: Callable[..., Any] = getattr(owner, name)
    calls = 0

    @wraps(function)
    async def dying(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if (calls, side) == (int(number), "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = await function(*args)
        if (calls, side) == (int(number), "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, dying)


async def main(process: str, where: str, agent: str, file: str) -> None:
    mortal(UnitOfWork, "commit", where)
    mortal(count_archives, "run_apart", where)
    settings = Settings()
    if process == "worker":
        async with open_runtime("participation", process, settings, MIGRATIONS) as runtime:
            await count_archives.count_archives(runtime.database)
        return

    def app(runtime: Any) -> Any:
        return public_app(runtime, roll_keys=RollKeys(settings))

    scopes = " ".join(code for code, _ in SCOPES)
    opened = open_harness(
        "participation", settings, MIGRATIONS, public_app=app, internal_app=internal_app, scopes=scopes
    )
    async with opened as service:
        await send(Town(service), service.agent("lutece", sub=agent), file, key=where)


if __name__ == "__main__":
    dying: dict[int, str] = {}
    for each in json.loads(sys.argv[1]):
        if (child := os.fork()) == 0:
            asyncio.run(main(*each))
            os._exit(0)
        dying[child] = each[1]
    ended = [os.wait() for _ in dying]
    print(*(dying[child] for child, status in ended if status != signal.SIGKILL))  # noqa: T201 - for its test
