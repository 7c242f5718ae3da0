# SPDX-License-Identifier: EUPL-1.2
"""How long it takes to hand in a file of a hundred thousand messages, and until all of them are with the relay."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg
from running_service import running_service

from parvis_bench import child
from parvis_bench.brokers import broker
from parvis_bench.handing_in import Application, file_of
from parvis_bench.peak_memory import peak_megabytes
from parvis_bench.processor_time import processor_seconds
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.taking import Taker, taker
from parvis_bench.town import postgres
from parvis_notifications.settings import MIGRATIONS, Settings
from parvis_testing import migrated_settings

_NAME: Final = "notifications.jobs"
# A shorter file for a try.
_ROWS: Final = int(os.environ.get("BENCH_ROWS", "100000"))
_PLAIN: Final = 20_000
_MAIL_BYTES: Final = 2_500
_ROW_BYTES: Final = 120
_LONGEST_SECONDS: Final = 1_800
_COLUMNS: Final = ("id", "job_id", "collectivity", "line", "state", "content", "created_at")
_COUNTS: Final = """
SELECT (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM sent_message) AS sent,
    (SELECT count(*) FROM delivery WHERE state = 'sent') AS handed_over
"""


def measure(folder: Path) -> Sequence[Figure]:
    """API and worker as they ship; baselines are a bare client at the same sink, and a COPY of as many rows."""
    file, faulty = file_of(_ROWS)
    with ExitStack() as stack:
        servers = stack.enter_context(broker(folder, []))
        server = stack.enter_context(postgres(folder))
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        settings = asyncio.run(migrated_settings("notifications", Settings, MIGRATIONS))
        sink = stack.enter_context(taker("mails"))
        copied = asyncio.run(_copied(settings))
        plain = child.ask("mailing", {"port": sink.port, "mails": _PLAIN, "bytes": _MAIL_BYTES}, seconds=300)
        environment = {"KAFKA_BOOTSTRAP_SERVERS": servers, "PARVIS_NOTIFICATIONS_SMTP_PORT": str(sink.port)}
        api = stack.enter_context(running_service("notifications", settings, "api", **environment))
        worker = stack.enter_context(running_service("notifications", settings, "worker", **environment))
        application = Application.admitted(api)
        idle, before = peak_megabytes(worker.process.pid), sink.told()
        began = time.monotonic()
        job = application.hand_in(file)["id"]
        taken = time.monotonic() - began
        made = _all_handed_over(application, job, sink, before, began, _ROWS - len(faulty))
        mails = time.monotonic() - began
        processor = processor_seconds(worker.process.pid)
        memory, of_api = peak_megabytes(worker.process.pid), peak_megabytes(api.process.pid)
        _exact(application, job, faulty)
        asyncio.run(_none_twice(settings, sink, before, _ROWS - len(faulty)))
    print(
        f"  made {made:.1f} s  plain {plain:.0f} mails/s  worker {processor:.0f} s of processor  api {of_api:.0f} MB",
        flush=True,
    )
    return [
        Figure(f"{_NAME}.taken", taken, "s", copied),
        Figure(f"{_NAME}.mails", mails, "s", (_ROWS - len(faulty)) / plain),
        Figure(f"{_NAME}.memory", memory, "MB", idle),
    ]


def _all_handed_over(
    application: Application, job: str, sink: Taker, before: dict[str, float], began: float, sendable: int
) -> float:
    """Wait until the sink has as many mails as can be sent; seconds until all of them were made."""
    deadline, made = began + _LONGEST_SECONDS, 0.0
    while sink.told()["taken"] - before["taken"] < sendable:
        if time.monotonic() > deadline:
            raise RuntimeError(f"not all were handed over in time: {application.read(job)}")
        if not made and application.read(job)["state"] == "finished":
            made = time.monotonic() - began
        time.sleep(0.5)
    return made or time.monotonic() - began


def _exact(application: Application, job: str, faulty: list[tuple[int, str]]) -> None:
    """Each row is a message or says why not."""
    told = application.read(job)
    counts = (told["state"], told["rows"], told["sent"], told["refused"])
    if counts != ("finished", _ROWS, _ROWS - len(faulty), len(faulty)) or application.refused(job) != faulty:
        raise RuntimeError(f"wrong counts: {told}")


async def _none_twice(settings: Settings, sink: Taker, before: dict[str, float], sendable: int) -> None:
    """Wait until the worker knows of all of them; then no mail has come twice, and none is missing."""
    connection: Any = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        deadline = time.monotonic() + 60
        while (found := tuple(await connection.fetchrow(_COUNTS))) != (sendable,) * 3:
            if time.monotonic() > deadline:
                raise RuntimeError(f"messages, sent messages, deliveries handed over: {found}")
            await asyncio.sleep(0.2)
    finally:
        await connection.close()
    told = sink.told()
    came = (told["taken"] - before["taken"], told["addresses"] - before["addresses"])
    if came != (sendable, sendable):
        raise RuntimeError(f"mails, and addresses that had one: {came}")


async def _copied(settings: Settings) -> float:
    """Seconds that PostgreSQL takes to copy as many rows of a job, made beforehand, with the table's indexes."""
    connection: Any = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        job, at, content = uuid4(), datetime.now(UTC), b"x" * _ROW_BYTES
        records = [(uuid4(), job, "paris", line, "waiting", content, at) for line in range(_ROWS)]
        began = time.monotonic()
        async with connection.transaction():
            await connection.execute(
                "CREATE TEMPORARY TABLE bench_row (LIKE sending_job_row INCLUDING ALL) ON COMMIT DROP"
            )
            await connection.copy_records_to_table("bench_row", records=records, columns=_COLUMNS, timeout=600)
        return time.monotonic() - began
    finally:
        await connection.close()


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={
        f"{_NAME}.taken": Target("value", "at most", 15),
        f"{_NAME}.mails": Target("value", "at most", 600),
        f"{_NAME}.memory": Target("value", "at most", 300),
    },
    measure=measure,
)
