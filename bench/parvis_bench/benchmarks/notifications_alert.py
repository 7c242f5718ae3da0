# SPDX-License-Identifier: EUPL-1.2
"""How long it takes to alert a hundred thousand of half a million residents, and what becomes of one mail meanwhile."""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import asyncpg
from running_service import running_service

from parvis_bench import child
from parvis_bench.alerting import draft, let_go, one_mail, settle
from parvis_bench.brokers import broker
from parvis_bench.peak_memory import peak_megabytes
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.taking import Taker, taker
from parvis_bench.town import postgres
from parvis_local.ports import LOOPBACK
from parvis_notifications.settings import MIGRATIONS, Settings
from parvis_testing import migrated_settings

_NAME: Final = "notifications.alert"
# A smaller town for a try.
_RESIDENTS: Final = int(os.environ.get("BENCH_RESIDENTS", "500000"))
_INSIDE: Final = _RESIDENTS // 5
_PLAIN: Final = 20_000
_BYTES: Final = 2_500
_LONGEST_SECONDS: Final = 1_800
_FROZEN: Final = "SELECT frozen_at FROM broadcast WHERE id = $1"
_PROVIDER: Final = {"name": "bench", "kind": "twilio", "account": "AC1", "secret": "s", "sender": "Ville"}


def measure(folder: Path) -> Sequence[Figure]:
    """The worker as it ships; baselines are bare clients at the same sinks, and an INSERT of as many rows."""
    with ExitStack() as stack:
        servers = stack.enter_context(broker(folder, []))
        server = stack.enter_context(postgres(folder))
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        settings = asyncio.run(migrated_settings("notifications", Settings, MIGRATIONS))
        mails, texts = stack.enter_context(taker("mails")), stack.enter_context(taker("texts"))
        asyncio.run(settle(settings, _RESIDENTS, _INSIDE))
        plain_mails = child.ask("mailing", {"port": mails.port, "mails": _PLAIN, "bytes": _BYTES}, seconds=300)
        posts = {"url": f"http://{LOOPBACK}:{texts.port}/", "calls": _PLAIN, "bytes": 200}
        plain_texts = child.ask("posting", posts, seconds=300)
        worker = stack.enter_context(
            running_service("notifications", settings, "worker", **_environment(servers, mails, texts))
        )
        idle = peak_megabytes(worker.process.pid)
        found = asyncio.run(_alerts(settings, mails, texts))
        memory = peak_megabytes(worker.process.pid)
    print(f"  plain {plain_mails:.0f} mails/s, {plain_texts:.0f} posts/s  {found}  memory {memory:.0f} MB", flush=True)
    return [
        Figure(f"{_NAME}.frozen", found["frozen"], "s", found["insert"]),
        Figure(f"{_NAME}.mails", found["mails"], "s", _INSIDE / plain_mails),
        Figure(f"{_NAME}.texts", found["texts"], "s", _INSIDE / plain_texts),
        Figure(f"{_NAME}.single", found["single"], "s", found["single_alone"]),
        Figure(f"{_NAME}.memory", memory, "MB", idle),
    ]


def _environment(servers: str, mails: Taker, texts: Taker) -> dict[str, str]:
    provider = _PROVIDER | {"url": f"http://{LOOPBACK}:{texts.port}", "per_second": 10_000}
    return {
        "KAFKA_BOOTSTRAP_SERVERS": servers,
        "PARVIS_NOTIFICATIONS_SMTP_PORT": str(mails.port),
        "PARVIS_NOTIFICATIONS_SMS_PROVIDERS": json.dumps([provider]),
    }


async def _alerts(settings: Settings, mails: Taker, texts: Taker) -> dict[str, float]:
    connection: Any = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        found = {"insert": await _insert(connection), "single_alone": await _single(connection, settings, mails)}
        began, frozen = await _sent(connection, "email", mails)
        found |= {"frozen": frozen}
        # Half the mails are still to come.
        await _until(lambda: mails.told()["taken"] - began["taken"] > _INSIDE / 2)
        found["single"] = await _single(connection, settings, mails)
        await _until(lambda: mails.told()["taken"] - began["taken"] >= _INSIDE)
        found["mails"] = time.monotonic() - began["at"]
        began, _ = await _sent(connection, "sms", texts)
        await _until(lambda: texts.told()["taken"] - began["taken"] >= _INSIDE)
        found["texts"] = time.monotonic() - began["at"]
    finally:
        await connection.close()
    return found


async def _sent(connection: Any, channel: str, sink: Taker) -> tuple[dict[str, float], float]:
    """When an alert was let go, and after how long its audience was frozen, the wait for the worker included."""
    alert = await draft(connection, channel)
    began = {"taken": sink.told()["taken"], "at": time.monotonic()}
    await let_go(connection, alert)
    while not await connection.fetchval(_FROZEN, alert):  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(0.05)
    return began, time.monotonic() - began["at"]


async def _single(connection: Any, settings: Settings, mails: Taker) -> float:
    """Seconds from the commit of one person's mail to its arrival."""
    before = mails.told()["single_at"]
    await one_mail(connection, settings)
    began = time.monotonic()
    await _until(lambda: mails.told()["single_at"] > before)
    return max(mails.told()["single_at"] - began, 0.001)


async def _insert(connection: Any) -> float:
    """Seconds that PostgreSQL takes for as many rows of an audience, chosen by nothing."""
    began = time.monotonic()
    async with connection.transaction():
        await connection.execute("CREATE TEMPORARY TABLE bench_audience (LIKE recipient INCLUDING ALL) ON COMMIT DROP")
        await connection.execute(
            "INSERT INTO bench_audience (broadcast_id, subscriber_id, collectivity, language)"
            " SELECT gen_random_uuid(), gen_random_uuid(), 'paris', 'fr' FROM generate_series(1, $1::int)",
            _INSIDE,
            timeout=600,
        )
    return time.monotonic() - began


async def _until(holds: Any) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError("it did not happen in time")
        await asyncio.sleep(0.05)


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={
        f"{_NAME}.frozen": Target("value", "at most", 5),
        f"{_NAME}.mails": Target("value", "at most", 120),
        f"{_NAME}.texts": Target("value", "at most", 90),
        f"{_NAME}.single": Target("value", "at most", 2),
        f"{_NAME}.memory": Target("value", "at most", 300),
    },
    measure=measure,
)
