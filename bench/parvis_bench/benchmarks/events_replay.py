# SPDX-License-Identifier: EUPL-1.2
"""How fast the operators' command replays a journal of a million events, to a topic and to a file."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from parvis_bench import child
from parvis_bench.brokers import broker
from parvis_bench.journal import fill
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.town import postgres
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import migrated_settings

_NAME: Final = "events.replay"
_TOPIC: Final = "parvis.bench.replay.v1"
_PLAIN_TOPIC: Final = "parvis.bench.plain.v1"
_EVENTS: Final = 1_000_000
_PLAIN: Final = {"topic": _PLAIN_TOPIC, "records": 200_000, "bytes": 400}
_LONGEST_SECONDS: Final = 1_800


def measure(folder: Path) -> Sequence[Figure]:
    """``parvis journal replay`` from its start to its end; a bare client at the same broker is the baseline of both."""
    with ExitStack() as stack:
        servers = stack.enter_context(broker(folder, [_TOPIC, _PLAIN_TOPIC]))
        server = stack.enter_context(postgres(folder))
        os.environ["PARVIS_TEST_POSTGRES"] = server.url()
        made = migrated_settings("requests", Settings, MIGRATIONS, attachments_directory=folder / "attachments")
        url = asyncio.run(made).database_url.get_secret_value()
        fill(url, _EVENTS, sent=True)
        before = child.ask("sending", _PLAIN | {"bootstrap_servers": servers}, seconds=300)
        to_topic = _replayed(url, "--topic", _TOPIC, "--bootstrap-servers", servers)
        to_file = _replayed(url, "--file", str(folder / "events.jsonl"))
        after = child.ask("sending", _PLAIN | {"bootstrap_servers": servers}, seconds=300)
    print(f"  topic {to_topic:.0f}/s  file {to_file:.0f}/s  plain {before:.0f}/s, {after:.0f}/s", flush=True)
    return [
        Figure(f"{_NAME}.topic", to_topic, "1/s", (before + after) / 2),
        Figure(f"{_NAME}.file", to_file, "1/s", (before + after) / 2),
    ]


def _replayed(url: str, *where: str) -> float:
    began = time.monotonic()
    ran = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "parvis_cli", "journal", "replay", *where],
        env={**os.environ, "PARVIS_JOURNAL_DATABASE_URL": url},
        stderr=subprocess.PIPE,
        text=True,
        timeout=_LONGEST_SECONDS,
        check=True,
    )
    if f"{_EVENTS} events replayed" not in ran.stderr:
        raise RuntimeError(ran.stderr)
    return _EVENTS / (time.monotonic() - began)


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={f"{_NAME}.topic": Target("value", "at least", 10_000), f"{_NAME}.file": None},
    measure=measure,
)
