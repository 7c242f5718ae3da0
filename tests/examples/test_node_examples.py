# SPDX-License-Identifier: EUPL-1.2
"""The examples under node: other people's libraries read what Parvis sends."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from parvis_notifications.outgoing.webhook_keys import shown_secret, signatures

pytestmark = pytest.mark.independent
FOLDER = Path(__file__).parents[2] / "examples" / "node"
KEYS = bytes(range(64))


@contextmanager
def example(script: str, *options: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    node = shutil.which("node")
    assert node, "node is missing: install the Debian packages nodejs and npm"
    assert (FOLDER / "node_modules").is_dir(), "run `npm ci` in examples/node"
    command = [node, str(FOLDER / script), *options]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | environment, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout
    said: dict[str, Any] = json.loads(process.stdout.readline())
    return said


def event(number: int) -> dict[str, Any]:
    return {"id": str(uuid4()), "type": "fr.parvis.requests.request-resolved.v1", "data": {"sequence": number}}


def sent(url: str, content: dict[str, Any], *, keys: bytes = KEYS, at: float | None = None) -> int:
    body, now = json.dumps(content).encode(), int(at or time.time())
    headers = {
        "webhook-id": content["id"],
        "webhook-timestamp": str(now),
        "webhook-signature": signatures([keys], content["id"], now, body),
    }
    return httpx.post(url, content=body, headers=headers, timeout=10).status_code


def test_the_library_of_standard_webhooks_takes_ours_and_no_other() -> None:
    with example("receive_webhook.mjs", "--port", "0", WEBHOOK_SECRET=shown_secret(KEYS)) as receiver:
        assert receiver.stderr
        url = f"http://127.0.0.1:{receiver.stderr.readline().split()[-1]}/"
        first, second = event(1), event(2)
        assert sent(url, first) == 204
        assert line(receiver) == first
        assert sent(url, event(0), keys=bytes(64)) == 401
        assert sent(url, event(0), at=time.time() - 3_600) == 401
        assert sent(url, first) == 204, "again, and told to nobody"
        assert sent(url, second) == 204
        assert line(receiver) == second


async def test_kafkajs_reads_each_event_once_in_order(bootstrap: str) -> None:
    events, topic = [event(number) for number in range(3)], f"parvis.test.{uuid4().hex[:8]}.v1"
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    for one in (*events[:2], events[0], events[2]):
        headers = [("ce_id", one["id"].encode()), ("ce_type", one["type"].encode())]
        await producer.send_and_wait(topic, json.dumps(one["data"]).encode(), key=b"one", headers=headers)
    await producer.stop()
    options = ("--topic", topic, "--group", f"example-{uuid4()}", "--count", "3")
    with example("consume_events.mjs", *options, KAFKA_BOOTSTRAP_SERVERS=bootstrap) as consumer:
        assert [line(consumer) for _ in events] == events
        assert consumer.wait(20) == 0
