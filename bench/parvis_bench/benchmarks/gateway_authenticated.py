# SPDX-License-Identifier: EUPL-1.2
"""What a call through the gateway costs, with its token checked, against a plain nginx that checks nothing."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from uuid import uuid4

from running_service import jwks_server

from parvis_bench.gateway import Gateway, gateway, wait_for_keys
from parvis_bench.load import run_load
from parvis_bench.plain_nginx import plain_nginx
from parvis_bench.processor_time import processor_seconds
from parvis_bench.registry import Benchmark, Figure
from parvis_bench.rounds import medians
from parvis_bench.upstream import upstream
from parvis_gateway.settings import Address
from parvis_local.ports import LOOPBACK
from parvis_testing import TokenIssuer

_NAME: Final = "gateway.authenticated"
_ROUNDS: Final = 5
_SECONDS: Final = 3
_CALLERS: Final = 200


def measure(folder: Path) -> Sequence[Figure]:
    """Answers for each second of the proxy's own processor time, 200 callers' tokens by turns over 16 connections."""
    issuer = TokenIssuer()
    until = int(time.time()) + 3_600
    heads = []
    for _ in range(_CALLERS):
        token = issuer.token(audience="parvis-requests", scope="requests.requests.read", sub=str(uuid4()), exp=until)
        heads.append(f"GET /v1/requests?limit=20 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}")
    calls = [(head, "") for head in heads]

    def rate(proxy: Gateway) -> float:
        before = processor_seconds(proxy.pid)
        load = run_load(proxy.address, calls, seconds=_SECONDS)
        return load.answers / (processor_seconds(proxy.pid) - before)

    with ExitStack() as stack:
        port = stack.enter_context(upstream())
        nginx = stack.enter_context(plain_nginx(folder, port))
        keys = stack.enter_context(jwks_server(issuer))
        identity = Address.parse(keys.removeprefix("http://").removesuffix("/jwks.json"))
        behind = {"requests": Address(LOOPBACK, port), "identity": identity}
        envoy = stack.enter_context(gateway(folder, behind, threads=1))
        wait_for_keys(envoy, *calls[0])
        found = medians(_ROUNDS, {"nginx": lambda: rate(nginx), "gateway": lambda: rate(envoy)})
    return [Figure(f"{_NAME}.answers", found["gateway"], "1/cpu-s", found["nginx"])]


BENCHMARK: Final = Benchmark(
    name=_NAME,
    figures={f"{_NAME}.answers": None},
    measure=measure,
)
