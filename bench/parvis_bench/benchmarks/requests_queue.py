# SPDX-License-Identifier: EUPL-1.2
"""How long an agent waits for the queue of a team in a town that has a million requests."""

import asyncio
import http.client
import itertools
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from many_requests import TEAMS, make_requests
from running_service import RunningService, running_service

from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.town import town

_NAME: Final = "requests.queue"
_FEW: Final = 10_000
_MANY: Final = 1_000_000
_CALLS: Final = 400
_WARM: Final = 40
_OK: Final = 200
# Equal answers have equal marks: which ones is all the same here.
_FACETS: Final = [bytes([n]) * 16 for n in range(3)]


def measure(folder: Path) -> Sequence[Figure]:
    """The same calls in a small town and in a large one."""
    with ExitStack() as stack:
        place = stack.enter_context(town(folder))
        database = place.server.url(place.database)
        service = stack.enter_context(running_service("requests", place.settings))
        asyncio.run(make_requests(database, 1, _FEW, _FACETS))
        few = _p95(service)
        asyncio.run(make_requests(database, _FEW + 1, _MANY, _FACETS))
        many = _p95(service)
    return [Figure(f"{_NAME}.{name}", many, "ms", few) for name in ("p95", "growth")]


def _p95(service: RunningService) -> float:
    """Milliseconds."""
    calls = _asked(service)
    times = [next(calls) for _ in range(_WARM + _CALLS)][_WARM:]
    return statistics.quantiles(times, n=100)[94] * 1_000


def _asked(service: RunningService) -> Iterator[float]:
    """Ask for the first and the second page of each team by turns; gives the seconds of each call."""
    token = service.issuer.token(audience="parvis-requests", scope="requests.requests.read", kind="agent")
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=60)
    for team in itertools.cycle(range(TEAMS)):
        path: str | None = f"/v1/work-queue?team=team-{team}&status=submitted&status=taken&limit=50"
        first = path
        while path:
            begun = time.perf_counter()
            page = _get(connection, path, token)
            yield time.perf_counter() - begun
            path = f"{first}&cursor={page['next_cursor']}" if path == first and page["next_cursor"] else None


def _get(connection: http.client.HTTPConnection, path: str, token: str) -> Any:
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != _OK:
        raise RuntimeError(body[:500].decode("utf-8", "replace"))
    return json.loads(body)


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={f"{_NAME}.p95": Target("value", "at most", 60), f"{_NAME}.growth": Target("ratio", "at most", 1.3)},
    measure=measure,
)
