# SPDX-License-Identifier: EUPL-1.2
"""How many requests a town can receive a second, against what its PostgreSQL can write a second."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from running_service import jwks_server, running_service

from parvis_bench.collector import collector
from parvis_bench.gateway import gateway, wait_for_keys
from parvis_bench.load import run_load
from parvis_bench.registry import Benchmark, Figure, Target
from parvis_bench.rounds import medians
from parvis_bench.submitting import run_submissions
from parvis_bench.town import town
from parvis_bench.transaction import Transaction
from parvis_gateway.settings import Address

_NAME: Final = "requests.submit"
_ROUNDS: Final = 7
_SECONDS: Final = 4
_CREATED: Final = 201


def measure(folder: Path) -> Sequence[Figure]:
    """The database layer, the API and the API behind the gateway, each with 16 callers."""
    with ExitStack() as stack:
        place = stack.enter_context(town(folder))
        traces = stack.enter_context(collector())
        service = stack.enter_context(running_service("requests", place.settings, OTEL_EXPORTER_OTLP_ENDPOINT=traces))
        keys = stack.enter_context(jwks_server(service.issuer))
        behind = {"requests": _address(service.url), "identity": _address(keys.removesuffix("/jwks.json"))}
        edge = stack.enter_context(gateway(folder, behind))
        calls = place.submissions(service.issuer)
        wait_for_keys(edge, *calls[0])

        def http(address: str) -> float:
            return run_load(address, calls, seconds=_SECONDS, expected=_CREATED).rate

        run_load(edge.address, calls, seconds=2, expected=_CREATED)
        transaction = Transaction(place, folder)
        found = medians(
            _ROUNDS,
            {
                "pgbench": lambda: transaction.rate(seconds=_SECONDS),
                "database": lambda: run_submissions(place, seconds=_SECONDS).rate,
                "http": lambda: http(service.url.removeprefix("http://")),
                "gateway": lambda: http(edge.address),
            },
        )
    return [Figure(f"{_NAME}.{name}", found[name], "1/s", found["pgbench"]) for name in ("database", "http", "gateway")]


def _address(url: str) -> Address:
    return Address.parse(url.removeprefix("http://"))


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={
        f"{_NAME}.database": Target("ratio", "at least", 0.8),
        f"{_NAME}.http": Target("ratio", "at least", 0.4),
        f"{_NAME}.gateway": Target("ratio", "at least", 0.28),
    },
    measure=measure,
)
