# SPDX-License-Identifier: EUPL-1.2
"""How long somebody who reports waits for what others have reported nearby, among a million requests."""

import asyncio
import http.client
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import quote

from many_requests import WORDS, make_requests
from running_service import RunningService, running_service

from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.town import town

_NAME: Final = "requests.nearby"
_FEW: Final = 10_000
_MANY: Final = 1_000_000
_CALLS: Final = 400
_WARM: Final = 40
_OK: Final = 200
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
    return [Figure(f"{_NAME}.p95", many, "ms", few)]


def _p95(service: RunningService) -> float:
    """Milliseconds, of calls at places all over the town, every other one with words."""
    # Not for secrets: the same places at each run.
    chance = random.Random(75)  # noqa: S311
    token = service.issuer.token(audience="parvis-requests", scope="requests.requests.read")
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=60)
    times = []
    for number in range(_WARM + _CALLS):
        place = f"longitude={chance.uniform(2.25, 2.35):.5f}&latitude={chance.uniform(48.82, 48.9):.5f}"
        words = f"&q={quote(' '.join(chance.choices(WORDS.split(), k=3)))}" if number % 2 else ""
        begun = time.perf_counter()
        connection.request("GET", f"/v1/nearby-requests?{place}{words}", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        times.append(time.perf_counter() - begun)
        if answer.status != _OK:
            raise RuntimeError(body[:500].decode("utf-8", "replace"))
    return statistics.quantiles(times[_WARM:], n=100)[94] * 1_000


BENCHMARK: Final = Benchmark(name=_NAME, figures={f"{_NAME}.p95": Target("value", "at most", 30)}, measure=measure)
