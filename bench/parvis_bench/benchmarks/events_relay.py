# SPDX-License-Identifier: EUPL-1.2
"""How fast a worker tells a backlog of a million events, and how much memory it takes for that."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from running_service import running_service

from parvis_bench import child
from parvis_bench.brokers import broker
from parvis_bench.journal import TOPIC, fill, is_told
from parvis_bench.peak_memory import peak_megabytes
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.town import postgres
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import migrated_settings

_NAME: Final = "events.relay"
_PLAIN_TOPIC: Final = "parvis.bench.plain.v1"
_EVENTS: Final = 1_000_000
_PLAIN: Final = {"topic": _PLAIN_TOPIC, "records": 200_000, "bytes": 400}
_LONGEST_SECONDS: Final = 1_800
_IDLE_SECONDS: Final = 3.0


def measure(folder: Path) -> Sequence[Figure]:
    """The worker as it ships meets a million committed at once; a bare client at the same broker is the baseline."""
    with ExitStack() as stack:
        servers = stack.enter_context(broker(folder, [TOPIC, _PLAIN_TOPIC]))
        server = stack.enter_context(postgres(folder))
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        made = migrated_settings("requests", Settings, MIGRATIONS, attachments_directory=folder / "attachments")
        settings = asyncio.run(made)
        url = settings.database_url.get_secret_value()
        before = child.ask("sending", _PLAIN | {"bootstrap_servers": servers}, seconds=300)
        worker = stack.enter_context(running_service("requests", settings, "worker", KAFKA_BOOTSTRAP_SERVERS=servers))
        time.sleep(_IDLE_SECONDS)
        idle = peak_megabytes(worker.process.pid)
        fill(url, _EVENTS, sent=False)
        began = time.monotonic()
        while not is_told(url):
            if time.monotonic() > began + _LONGEST_SECONDS:
                raise RuntimeError("the backlog was not told in time")
            time.sleep(0.5)
        rate = _EVENTS / (time.monotonic() - began)
        memory = peak_megabytes(worker.process.pid)
        after = child.ask("sending", _PLAIN | {"bootstrap_servers": servers}, seconds=300)
    print(f"  relay {rate:.0f}/s  plain {before:.0f}/s, {after:.0f}/s  memory {memory:.0f} MB, idle {idle:.0f} MB")
    return [
        Figure(f"{_NAME}.rate", rate, "1/s", (before + after) / 2),
        Figure(f"{_NAME}.memory", memory, "MB", idle),
    ]


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={f"{_NAME}.rate": Target("value", "at least", 10_000), f"{_NAME}.memory": Target("value", "at most", 200)},
    measure=measure,
)
