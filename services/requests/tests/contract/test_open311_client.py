# SPDX-License-Identifier: EUPL-1.2
"""From a report by Open311 to its end, over HTTP, read by a client that others wrote (PyPI: georeport)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from forwarding import forwarded
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


async def test_a_request_goes_from_one_collectivity_to_another_and_comes_back_resolved(
    running: RunningService, service: Harness, requests_settings: Settings
) -> None:
    """Paris hands it on to Lutèce by our own endpoint; each is told what the other says."""
    key = (await asyncio.to_thread(operate, requests_settings, "open311-key", "lutece", "Paris")).stdout.split()[3]
    reader = GeoReport(f"{running.url}/open311/v2/", jurisdiction="lutece", output_format="json")
    scope = " ".join(code for code, _ in SCOPES)
    token = running.issuer.token(audience="parvis-requests", scope=scope, kind="agent", collectivity="lutece")
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        forwarded(service, requests_settings) as paris,
        httpx.AsyncClient(base_url=running.url, headers=headers) as lutece,
    ):
        citizen = paris.service.citizen()
        blocked = {"type": "object", "properties": {"blocked": {"type": "boolean"}}, "additionalProperties": False}
        code = await paris.kind(form={"schema": blocked})
        rule = {
            "request_type": code,
            "service_code": "cartons",
            "sends": ["description", "position"],
            "attributes": {"blocked": "blocks_pavement"},
            "acts": {"fixed": "resolve"},
            "messages": True,
        }
        theirs = {
            "name": {"fr": "Lutèce", "en": "Lutetia"},
            "endpoint": f"{running.url}/open311/v2/",
            "jurisdiction_id": "lutece",
            "api_key": key,
            "updates": True,
            "idempotent": True,
            "services": [rule],
        }
        answer = await paris.add_body(theirs)
        assert answer.status_code == 201, answer.text
        request = await paris.filed(citizen, code, answers={"blocked": True})
        await paris.forward()
        number = (await paris.forwarding(request))["service_request_id"]
        assert number is not None, await paris.said(paris.service.agent(), request)
        assert reader.get_service_request(number)["status"] == "open"
        await paris.write(citizen, request, "public", "Il y en a davantage")
        assert await paris.send_on() == 1

        (there,) = (await lutece.get(f"/v1/work-queue?q={number}")).json()["items"]
        path = f"/v1/requests/{there['id']}"
        assert (await lutece.get(path)).json()["answers"] == {"blocks_pavement": True}
        words = (await lutece.get(f"{path}/messages")).json()["items"]
        assert [each["text"] for each in words if each["by"] == "author"] == ["Il y en a davantage"]
        for action in ("take", "resolve"):
            keyed = {"If-Match": (await lutece.get(path)).headers["etag"], "Idempotency-Key": f"{path}-{action}"}
            acted = await lutece.post(f"{path}/transitions", json={"action": action}, headers=keyed)
            assert acted.status_code == 201, acted.text
        await paris.follow_up(timedelta(minutes=1))
        assert (await paris.said(citizen, request))[-1].startswith("Lutèce : demande résolue.")
        assert await paris.status_of(citizen, request) == "done"
        assert reader.get_service_request(number)["status"] == "closed"
