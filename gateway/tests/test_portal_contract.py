# SPDX-License-Identifier: EUPL-1.2
"""The portal serves what its contract says: these pages and files, in these media types, whatever is asked for."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fuzzing import contract_of
from hypothesis import HealthCheck, settings
from schemathesis import Case
from starlette.routing import Route

from parvis_gateway.portal.library import Library
from parvis_gateway.portal.server import Portal
from parvis_local.ports import free_port

CONTRACTS = Path(__file__).parents[2] / "contracts"
LIBRARY = Library(CONTRACTS)
PAGES: dict[str, Any] = LIBRARY.apis["gateway"]["paths"]
schema = contract_of("gateway")


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    """Its address, as a process of its own."""
    port = free_port()
    options = ("portal", "--contracts", str(CONTRACTS), "--port", str(port))
    process = subprocess.Popen([sys.executable, "-m", "parvis_gateway", *options])
    try:
        url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while not answers(url):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(60)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=1).is_success
    except httpx.TransportError:
        return False


def places() -> dict[str, str]:
    """For each path with parameters, one of those that it stands for."""
    event = next(iter(LIBRARY.schemas))
    name, _, version = event.rpartition(".")
    return {
        "/developers/apis/{name}": "/developers/apis/requests",
        "/developers/events/{type}": f"/developers/events/{event}",
        "/developers/events/{name}/{version}": f"/developers/events/{name}/{version}.json",
        "/developers/contracts/{file}": "/developers/contracts/requests.v1.yaml",
        "/problems/{code}": "/problems/not-found",
    }


def media_type(answer: httpx.Response) -> str:
    return answer.headers["content-type"].partition(";")[0]


def test_there_is_a_route_for_each_operation_and_no_other() -> None:
    routes = [route for route in Portal(LIBRARY).application().routes if isinstance(route, Route)]
    served = {(method, route.path) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    named = {(method.upper(), path) for path, item in PAGES.items() for method in item}
    assert served - named == {("GET", "/healthz")}, "which no gateway hands on"
    assert named <= served


@pytest.mark.parametrize("path", PAGES)
def test_each_place_is_answered_as_its_contract_says(portal: str, path: str) -> None:
    declared = PAGES[path]["get"]["responses"]
    there = httpx.get(portal + places().get(path, path), timeout=60)
    assert (there.status_code, media_type(there)) == (200, *declared["200"]["content"])
    if "{" in path:
        away = httpx.get(portal + re.sub(r"\{\w+\}", "nothing", path), timeout=60)
        assert (away.status_code, media_type(away)) == (404, *declared["404"]["content"])
    else:
        assert "404" not in declared


@schema.parametrize()
@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_input_gets_a_declared_answer(case: Case[Any], portal: str) -> None:
    case.call_and_validate(base_url=portal)
