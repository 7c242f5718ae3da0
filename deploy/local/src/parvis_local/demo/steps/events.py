# SPDX-License-Identifier: EUPL-1.2
"""Another system hears of resolved requests: pushed to it, and read by it from Kafka."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

from parvis_local.demo.expecting import UnexpectedError, eventually, expect, same
from parvis_local.demo.story import Story
from parvis_local.layout import ROOT
from parvis_local.ports import LOOPBACK, free_port

_RESOLVED: Final = "fr.parvis.requests.request-resolved.v1"
_EXAMPLES: Final = ROOT / "examples"
_SECONDS: Final = 120  # the examples stop by themselves


def subscribe(story: Story) -> Iterator[str]:
    """With client credentials; the secret of the signatures is shown once."""
    story.system = story.stage.system()
    port = free_port()
    wish = {"url": f"http://{LOOPBACK}:{port}/parvis", "event_types": [_RESOLVED]}
    story.webhook = expect(story.system.post("/v1/webhook-subscriptions", wish), 201).json()
    shown = expect(story.system.get(f"/v1/webhook-subscriptions/{story.webhook['id']}"), 200).json()
    same("the secret is not shown again", "secret" in shown, wanted=False)
    expect(story.citizen.get("/v1/webhook-subscriptions"), 403, "insufficient-scope")
    story.receiver = _example("receive_webhook.py", "--port", str(port), WEBHOOK_SECRET=story.webhook["secret"])
    yield f"{_RESOLVED} to {wish['url']}; the secret is shown once"


def receive_events(story: Story) -> Iterator[str]:
    """The two examples, run as they stand, by somebody who holds nothing but an address and a secret."""
    stage, subject = story.stage, story.request["id"]
    pushed = _printed(story.receiver)
    same("what the webhook tells", (pushed["type"], pushed["subject"]), (_RESOLVED, subject))
    yield f"webhook: {pushed['type']} about {pushed['data']['reference']}, its signature verified"
    path = f"/v1/webhook-subscriptions/{story.webhook['id']}"
    log = eventually("a delivery in the log", lambda: story.system.get(f"{path}/deliveries").json()["items"])
    yield f"its log: {log[0]['state']} at attempt {log[0]['attempts']}"
    read = _printed(
        _example("consume_events.py", "--subject", subject, KAFKA_BOOTSTRAP_SERVERS=stage.bootstrap_servers)
    )
    same("the same event from Kafka", read["id"], pushed["id"])
    yield f"Kafka: the same event, {read['id']}"
    tag = expect(story.system.get(path), 200).headers["ETag"]
    expect(story.system.call("DELETE", path, b"", **{"If-Match": tag}), 204)
    yield "unsubscribed"


def _example(script: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """An example that runs until it has printed one event."""
    command = [sys.executable, str(_EXAMPLES / script), "--count", "1", "--timeout", str(_SECONDS), *arguments]
    return subprocess.Popen(  # noqa: S603 - our own program
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )


def _printed(example: subprocess.Popen[str]) -> dict[str, Any]:
    """The event that it printed."""
    told, complaint = example.communicate(timeout=_SECONDS * 2)
    if example.returncode != 0:
        raise UnexpectedError("an event", complaint)
    event: dict[str, Any] = json.loads(told)
    return event
