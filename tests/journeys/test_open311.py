# SPDX-License-Identifier: EUPL-1.2
"""Another application reports by Open311 through the gateway, says more, and is told how it ended."""

import os
import subprocess
import sys
from typing import Any

from georeport import GeoReport
from running_stack import RunningStack

from parvis_local.demo.cast import Actor, Stage
from parvis_local.demo.expecting import expect
from parvis_local.demo.steps.report import PHOTO
from parvis_local.ports import LOOPBACK
from parvis_local.secret_store import SecretStore
from parvis_local.state import read_state

PARIS = {"jurisdiction_id": "paris"}
REPORT = {
    "service_code": "cartons",
    "lat": "48.8566",
    "long": "2.3522",
    "attribute[blocks_pavement]": "true",
    "description": "Des cartons <mouillés> devant le 6",
    "email": "fatou@example.org",
    **PARIS,
}


def made_key(stage: Stage) -> str:
    """What the operator hands to the application, once."""
    secrets, port = SecretStore(stage.layout.secrets), read_state(stage.layout.state).ports["postgres"]

    def database(role: str, name: str) -> str:
        return f"postgresql://{role}:{secrets.password(f'database/{role}')}@{LOOPBACK}:{port}/{name}"

    settings = {
        "PARVIS_REQUESTS_DATABASE_URL": database("parvis_requests", "parvis_requests"),
        "PARVIS_REQUESTS_KEYSTORE_URL": database("parvis_requests_keys", "parvis_keys"),
        "PARVIS_REQUESTS_MASTER_KEY": secrets.key("master-key/requests"),
    }
    made = subprocess.run(
        [sys.executable, "-m", "parvis_requests", "open311-key", "paris", "A client"],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[3]


def act(agent: Actor, request: dict[str, Any], action: str) -> None:
    version = expect(agent.get(f"/v1/requests/{request['id']}"), 200).json()["version"]
    path = f"/v1/requests/{request['id']}/transitions"
    expect(agent.post(path, {"action": action}, **{"If-Match": f'"{version}"'}), 201)


def test_a_report_by_another_application_is_followed_from_its_filing_to_its_last_update(stack: RunningStack) -> None:
    with stack.stage() as stage:
        http, key = stage.http, made_key(stage)
        (endpoint,) = expect(http.get("/open311/v2/discovery.json"), 200).json()["endpoints"]
        base = endpoint["url"]
        assert (base, endpoint["type"]) == (f"{stage.public_url}/open311/v2/", "test")
        clients = [GeoReport(base, jurisdiction="paris", output_format=format_) for format_ in ("json", "xml")]
        assert all("cartons" in [each["service_code"] for each in client.get_service_list()] for client in clients)

        media = {"media": ("photo.jpg", PHOTO.read_bytes(), "image/jpeg")}
        filed = http.post(f"{base}requests.json", data={"api_key": key, **REPORT}, files=media)
        reference = expect(filed, 200).json()[0]["service_request_id"]
        assert [client.get_service_request(reference)["status"] for client in clients] == ["open", "open"]
        agent = stage.agent("camille")
        (request,) = expect(agent.get(f"/v1/work-queue?q={reference}"), 200).json()["items"]
        assert (request["channel"]["code"], request["attachments"]) == ("online", 1)
        act(agent, request, "take")

        update = {
            "api_key": key,
            "service_request_id": reference,
            "update_id": "1",
            "status": "OPEN",
            "updated_datetime": "2026-11-26T10:00:00Z",
            "description": "Il y en a davantage",
            **PARIS,
        }
        sent = [http.post(f"{base}servicerequestupdates.{format_}", data=update) for format_ in ("json", "json", "xml")]
        assert {answer.status_code for answer in sent} == {200}, [answer.text for answer in sent]
        said = expect(agent.get(f"/v1/requests/{request['id']}/messages"), 200).json()["items"]
        assert [each["text"] for each in said if each["by"] == "author"] == ["Il y en a davantage"]
        act(agent, request, "resolve")

        told = expect(http.get(f"{base}servicerequestupdates.json", params=PARIS), 200).json()
        ours = [each for each in told if each["service_request_id"] == reference]
        assert [each["status"] for each in ours] == ["in_progress", "in_progress", "fixed"]
        assert ours[1]["update_id"] == sent[0].json()[0]["update_id"]
        assert [client.get_service_request(reference)["status"] for client in clients] == ["closed", "closed"]
        refused = http.post(f"{base}requests.xml", data=REPORT)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "text/xml; charset=utf-8")
