# SPDX-License-Identifier: EUPL-1.2
"""What spares the services, and the gateway itself, work that brings nobody anything."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from running_gateway import Gateway, running_gateway

CALLERS = 8


def breakers(configuration: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The limits of each service."""
    clusters = configuration["static_resources"]["clusters"]
    return {cluster["name"]: cluster["circuit_breakers"]["thresholds"][0] for cluster in clusters}


def narrow(configuration: dict[str, Any]) -> None:
    """One call at a time to the service of things, and one that waits."""
    limits = breakers(configuration)
    assert set(limits) == {"down", "identity", "things", "extra-simulators-mail"}
    for found in limits.values():
        assert all(0 < found[name] <= 1_024 for name in ("max_connections", "max_pending_requests", "max_requests"))
    limits["things"].update(max_connections=1, max_pending_requests=1)


def test_a_service_that_falls_behind_is_spared_and_holds_up_no_other(tmp_path: Path) -> None:
    with running_gateway(tmp_path, changed=narrow) as gateway, ThreadPoolExecutor(CALLERS + 1) as pool:
        calls = [pool.submit(gateway.get, "/v1/slow") for _ in range(CALLERS)]
        other = pool.submit(gateway.get, "/simulators/mail").result()
        answers = [call.result() for call in calls]
        reached = [seen["path"] for seen in gateway.seen].count("/v1/slow")
    assert other.status_code == 200
    told = Counter((answer.status_code, answer.json()["code"]) for answer in answers)
    spared = told.pop((503, "service-unavailable"))
    assert told == {(504, "upstream-timeout"): CALLERS - spared}
    assert {answer.headers["retry-after"] for answer in answers} == {"5"}
    assert spared >= 1
    assert reached <= CALLERS - spared


def hits(gateway: Gateway) -> int:
    """How often Envoy knew a token already."""
    stats = httpx.get(f"{gateway.admin}/stats?filter=jwt_cache_hit", timeout=60).text
    return sum(int(line.rpartition(": ")[2]) for line in stats.splitlines())


def test_the_signature_of_a_token_is_checked_once(tmp_path: Path) -> None:
    with running_gateway(tmp_path) as gateway:
        token, before = gateway.token(sub="somebody else"), hits(gateway)
        for _ in range(3):
            assert gateway.get("/v1/things", token).status_code == 200
        assert hits(gateway) == before + 2
