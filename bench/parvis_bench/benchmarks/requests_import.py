# SPDX-License-Identifier: EUPL-1.2
"""How fast the reports of a year come in from another system."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import asyncpg
from running_service import as_environment

from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.reports import report_lines
from parvis_bench.town import COLLECTIVITY, Town, town

_NAME: Final = "requests.import"
_COUNT: Final = 100_000


def measure(folder: Path) -> Sequence[Figure]:
    """The command as an operator gives it, its start included, and then the rows that it made, copied once more."""
    lines = folder / "reports.ndjson"
    with lines.open("wb") as file:
        file.writelines(report_lines(_COUNT))
    with town(folder) as place:
        imported = _imported(place, lines)
        copied = asyncio.run(_copied(place.server.url(place.database), folder / "rows"))
    return [Figure(f"{_NAME}.rate", imported, "1/s", copied)]


def _imported(place: Town, lines: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "parvis_requests", "import", COLLECTIVITY, "bench", str(lines)],
        env=os.environ | as_environment("requests", place.settings),
        check=True,
    )
    return _COUNT / (time.perf_counter() - begun)


async def _copied(url: str, file: Path) -> float:
    """PostgreSQL alone, which checks, seals and routes nothing: the same rows into the same tables and indexes."""
    connection = await asyncpg.connect(url)
    try:
        tables = ("request", "history_entry", "reporter", "imported_request", "request_timer")
        for table in tables:
            await connection.copy_from_table(table, output=file.with_suffix(f".{table}"), format="binary")
        await connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        begun = time.perf_counter()
        async with connection.transaction():
            for table in tables:
                await connection.copy_to_table(table, source=file.with_suffix(f".{table}"), format="binary")
        return _COUNT / (time.perf_counter() - begun)
    finally:
        await connection.close()


BENCHMARK: Final = Benchmark(name=_NAME, figures={f"{_NAME}.rate": Target("value", "at least", 2_000)}, measure=measure)
