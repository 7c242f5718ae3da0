# SPDX-License-Identifier: EUPL-1.2
"""From a report by Open311 to its end, over HTTP, read by a client that others wrote (PyPI: georeport)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from georeport import GeoReport
from open311_client import PARIS, REPORT
from running_service import RunningService, as_environment, running_service

from parvis_requests.main import SCOPES
from parvis_requests.settings import Settings
from parvis_testing import Harness


@pytest.fixture(scope="module")
def running(service: Harness, requests_settings: Settings) -> Iterator[RunningService]:
    assert service.runtime.service == "requests"
    with running_service("requests", requests_settings) as process:
        yield process


def operate(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parvis_requests", *arguments],
        env={**os.environ, **as_environment("requests", settings)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def act(running: RunningService, request: dict[str, Any], action: str, version: int) -> None:
    token = running.issuer.token(audience="parvis-requests", scope=" ".join(code for code, _ in SCOPES), kind="agent")
    headers = {
        "Authorization": f"Bearer {token}",
        "If-Match": f'"{version}"',
        "Idempotency-Key": f"{request['id']}-{action}",
    }
    path = f"{running.url}/v1/requests/{request['id']}/transitions"
    assert httpx.post(path, json={"action": action}, headers=headers).status_code == 201


@pytest.mark.parametrize("format_", ["json", "xml"])
def test_a_report_is_filed_and_followed_to_its_end(
    town: Any, running: RunningService, requests_settings: Settings, format_: str
) -> None:
    del town  # empties the tables afterwards
    made = operate(requests_settings, "open311-key", "paris", "A client")
    key_id, key = made.stdout.split()[1::2]
    base = f"{running.url}/open311/v2"
    client = GeoReport(f"{base}/", jurisdiction="paris", output_format=format_)

    services = client.get_service_list()
    assert "cartons" in [service["service_code"] for service in services]
    asked = client.get_service_definition("cartons")
    assert asked["service_code"] == "cartons"

    filed = httpx.post(f"{base}/requests.json", data={"api_key": key, **REPORT})
    reference = filed.json()[0]["service_request_id"]
    assert client.get_service_request(reference)["status"] == "open"

    token = running.issuer.token(audience="parvis-requests", scope="requests.requests.read", kind="agent")
    queue = httpx.get(f"{running.url}/v1/work-queue?q={reference}", headers={"Authorization": f"Bearer {token}"})
    (request,) = queue.json()["items"]
    act(running, request, "take", 1)
    act(running, request, "resolve", 2)

    closed = client.get_service_requests(service_request_id=reference, status="open")
    assert (closed[0] if isinstance(closed, list) else closed)["status"] == "closed"
    updates = httpx.get(f"{base}/servicerequestupdates.json", params=PARIS).json()
    assert [update["status"] for update in updates] == ["in_progress", "fixed"]

    assert operate(requests_settings, "open311-revoke", key_id).returncode == 0
    assert httpx.post(f"{base}/requests.json", data={"api_key": key, **REPORT}).status_code == 403
    assert operate(requests_settings, "open311-revoke", key_id).returncode != 0


def test_a_key_is_made_for_a_known_collectivity_alone(requests_settings: Settings, service: Harness) -> None:
    assert service.runtime.service == "requests"
    made = operate(requests_settings, "open311-key", "atlantis", "A client")
    assert (made.returncode, made.stdout) == (1, "")
