# SPDX-License-Identifier: EUPL-1.2
"""Each process tells on its internal port, and there alone, how it is and what it has done."""

import asyncio
import re
import time
from typing import Final

import asyncpg
import httpx
import pytest
from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT
from parvis_local.layout import SERVICES
from parvis_local.ports import LOOPBACK
from parvis_local.secret_store import SecretStore
from parvis_local.state import read_state

PROCESSES = [
    *(f"{service}-{process}" for service in SERVICES for process in ("api", "worker")),
    "notifications-intake",
]
ROUTE = 'parvis_http_request_seconds_count{method="POST",route="/v1/requests",status="201"}'
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# Each loop of a worker looks once a second; one that wakes itself makes thousands of transactions.
QUIET: Final = 400
COMMITS: Final = "SELECT datname, xact_commit FROM pg_stat_database WHERE datname LIKE 'parvis%'"


def measured(stack: RunningStack, name: str) -> float:
    """That measurement of the api of requests."""
    lines = stack.inside("requests-api", "/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


@pytest.mark.parametrize("process", PROCESSES)
def test_each_process_is_alive_and_ready_and_measures_itself(stack: RunningStack, process: str) -> None:
    assert stack.inside(process, "/healthz").json() == {"status": "alive"}
    eventually("readiness", lambda: stack.inside(process, "/readyz").status_code == 200)
    metrics = stack.inside(process, "/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert "process_resident_memory_bytes" in metrics.text


@pytest.mark.parametrize("service", SERVICES)
def test_none_of_it_is_on_the_public_port(stack: RunningStack, service: str) -> None:
    port = read_state(stack.layout.state).ports[f"{service}-api"]
    for path in ("/healthz", "/readyz", "/metrics"):
        assert httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 404


def test_what_was_answered_is_counted_by_route_and_names_nobody(stack: RunningStack) -> None:
    with stack.stage() as stage:
        citizen, before = stage.citizen("gaston"), measured(stack, ROUTE)
        request = expect(citizen.post("/v1/requests", REPORT), 201).json()
        expect(citizen.get(f"/v1/requests/{request['id']}"), 200)
    assert measured(stack, ROUTE) == before + 1
    for process in PROCESSES:
        text = stack.inside(process, "/metrics").text
        assert UUID.findall(text) == []
        assert request["reference"] not in text


async def test_who_has_nothing_to_do_leaves_the_databases_in_peace(stack: RunningStack) -> None:
    secrets, port = SecretStore(stack.layout.secrets), read_state(stack.layout.state).ports["postgres"]
    role = "parvis_requests"
    connection = await asyncpg.connect(
        host=LOOPBACK, port=port, user=role, password=secrets.password(f"database/{role}"), database=role
    )
    busy, until = {"not looked": 0.0}, time.monotonic() + 180
    while busy and time.monotonic() < until:  # what others have begun may take a while
        before, began = dict(await connection.fetch(COMMITS)), time.monotonic()
        await asyncio.sleep(3)
        after, seconds = dict(await connection.fetch(COMMITS)), time.monotonic() - began
        busy = {name: rate for name in after if (rate := (after[name] - before[name]) / seconds) > QUIET}
    await connection.close()
    assert busy == {}
