# SPDX-License-Identifier: EUPL-1.2
"""The journal told again to a webhook, and what the command says where something is missing."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from parvis_cli.__main__ import main
from parvis_kit.ids import uuid7
from parvis_local.ports import free_port

HAPPENED = "fr.parvis.test.happened.v1"


class Deployment:
    """As much of a deployment as answers a replay: its token endpoint, and steps of which two have more to come."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/token":
            assert request.headers["authorization"].startswith("Basic ")
            assert b"notifications.webhooks.write" in request.content
            return httpx.Response(200, json={"access_token": "token"})
        assert request.headers["authorization"] == "Bearer token"
        assert request.headers["idempotency-key"]
        self.bodies.append(json.loads(request.content))
        number = len(self.bodies)
        done = {"deliveries": 5, "last_event_id": str(100 * number), "more": number < 3}
        return httpx.Response(201, json=done)


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    made, client = Deployment(), httpx.Client

    def mocked(**options: Any) -> httpx.Client:
        return client(transport=httpx.MockTransport(made.answer), **options)

    monkeypatch.setattr(httpx, "Client", mocked)
    monkeypatch.setenv("PARVIS_CLIENT_ID", "roadworks")
    monkeypatch.setenv("PARVIS_CLIENT_SECRET", "secret")
    return made


def test_a_webhook_is_sent_its_part_step_by_step(
    deployment: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject, state = str(uuid7()), tmp_path / "state.json"
    asked = [
        "--webhook", str(uuid7()), "--type", HAPPENED, "--aggregate", subject, "--since", "2026-11-01T00:00:00+01:00",
        "--until", "2026-11-02T00:00:00Z", "--state", str(state),
    ]  # fmt: skip
    assert main(["journal", "replay", *asked]) == 0
    part = {"event_types": [HAPPENED], "subject": subject, "until_at": "2026-11-02T00:00:00Z"}
    assert deployment.bodies == [
        {"since_at": "2026-10-31T23:00:00Z"} | part,
        {"after": "100"} | part,
        {"after": "200"} | part,
    ]
    assert "15 events replayed" in capsys.readouterr().err
    assert main(["journal", "replay", *asked]) == 0
    assert deployment.bodies[3] == {"after": "300"} | part


@pytest.mark.parametrize(
    ("environment", "arguments", "said"),
    [
        ({}, ("--file", "x"), "set PARVIS_JOURNAL_DATABASE_URL"),
        ({"PARVIS_JOURNAL_DATABASE_URL": "postgresql://u@127.0.0.1:{port}/x"}, ("--file", "x"), "does not answer"),
        ({}, ("--webhook", str(uuid7())), "set PARVIS_CLIENT_ID"),
        ({}, ("--webhook", str(uuid7()), *("--aggregate", str(uuid7())) * 2), "about one --aggregate"),
    ],
)
def test_what_is_missing_is_named(
    environment: dict[str, str],
    arguments: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PARVIS_JOURNAL_DATABASE_URL", "PARVIS_CLIENT_ID", "PARVIS_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(port=free_port()))
    assert main(["journal", "replay", *arguments]) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
