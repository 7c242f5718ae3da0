# SPDX-License-Identifier: EUPL-1.2
"""How long after its commit an event is in a consumer's hands, at 100 events a second."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from running_service import running_service

from parvis_bench import child
from parvis_bench.brokers import broker
from parvis_bench.listening import Listener, listener
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.submitting import asked_of
from parvis_bench.town import town
from parvis_requests.events import REQUEST_TOPIC

_NAME: Final = "events.delivery"
_PLAIN_TOPIC: Final = "parvis.bench.plain.v1"
_ROUNDS: Final = 5
_SECONDS: Final = 6
_RATE: Final = 100
_ARRIVAL_SECONDS: Final = 15
_NANOSECONDS: Final = 1_000_000


def measure(folder: Path) -> Sequence[Figure]:
    """Outbox, waker, relay and consumer, against the same broker without them; KAFKA=apache takes a real one."""
    with ExitStack() as stack:
        servers = stack.enter_context(broker(folder, [REQUEST_TOPIC, _PLAIN_TOPIC]))
        place = stack.enter_context(town(folder))
        stack.enter_context(running_service("requests", place.settings, "worker", KAFKA_BOOTSTRAP_SERVERS=servers))
        common = {**asked_of(place), "bootstrap_servers": servers, "rate": _RATE, "seconds": _SECONDS}
        ways = {
            "requests": common | {"how": "requests", "topic": REQUEST_TOPIC},
            "plain": common | {"how": "plain", "topic": _PLAIN_TOPIC},
        }
        listeners = {how: stack.enter_context(listener(folder, asked)) for how, asked in ways.items()}
        taken: dict[str, list[tuple[float, float]]] = {how: [] for how in ways}
        for number in range(_ROUNDS):
            for how in list(ways) if number % 2 else reversed(ways):
                taken[how].append(_latencies(ways[how], listeners[how]))
            print("  " + "  ".join(f"{how} p50, p99: {values[-1]} ms" for how, values in taken.items()), flush=True)
    middle = {how: [median(column) for column in zip(*values, strict=True)] for how, values in taken.items()}
    return [
        Figure(f"{_NAME}.{name}", middle["requests"][place_], "ms", middle["plain"][place_])
        for place_, name in enumerate(("p50", "p99"))
    ]


def _latencies(asked: dict[str, Any], listening: Listener) -> tuple[float, float]:
    """Median and 99th percentile of one round, in milliseconds; every event must have arrived."""
    told = child.ask("committing", asked, seconds=_SECONDS + 60)
    deadline = time.monotonic() + _ARRIVAL_SECONDS
    while not told.keys() <= (arrived := listening.arrivals()).keys():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(told.keys() - arrived.keys())} events did not arrive")
        time.sleep(0.1)
    centiles = quantiles([(arrived[key] - moment) / _NANOSECONDS for key, moment in told.items()], n=100)
    return round(centiles[49], 2), round(centiles[98], 2)


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={f"{_NAME}.p50": Target("value", "at most", 10), f"{_NAME}.p99": Target("value", "at most", 25)},
    measure=measure,
)
