# SPDX-License-Identifier: EUPL-1.2
"""Each process tells on its internal port, and there alone, how it is and what it has done."""

import re

import httpx
import pytest
from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT
from parvis_local.layout import SERVICES
from parvis_local.state import read_state

PROCESSES = [
    *(f"{service}-{process}" for service in SERVICES for process in ("api", "worker")),
    "notifications-intake",
]
ROUTE = 'parvis_http_request_seconds_count{method="POST",route="/v1/requests",status="201"}'
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


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
