# SPDX-License-Identifier: EUPL-1.2
"""A front-end follows an inbox through the gateway: each message arrives by itself, soon after it was written."""

import json
import time
from collections.abc import Iterator
from typing import Any

from running_stack import RunningStack

from parvis_local.demo.expecting import expect
from parvis_local.demo.steps.report import REPORT

SOON_SECONDS = 20


def told(lines: Iterator[str], event: str) -> Iterator[dict[str, Any]]:
    """The data of each event of that name, as it comes."""
    for line in lines:
        if line == f"event: {event}":
            next(lines)
            yield json.loads(next(lines).removeprefix("data: "))


def test_a_message_arrives_while_its_reader_looks_on(stack: RunningStack) -> None:
    with stack.stage() as stage:
        # Somebody who files nothing in another journey: what these left on its way would arrive meanwhile.
        citizen = stage.citizen("farid")
        before = expect(citizen.get("/v1/inbox"), 200).json()
        with citizen.stream("/v1/inbox-events", **{"Last-Event-ID": before["last_event_id"]}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.iter_lines()
            assert next(told(lines, "inbox")) == before
            request = expect(citizen.post("/v1/requests", REPORT), 201).json()
            began = time.monotonic()
            message = next(message for message in told(lines, "message") if request["reference"] in message["subject"])
            assert time.monotonic() - began < SOON_SECONDS
            assert next(told(lines, "inbox"))["unread_count"] > before["unread_count"]
        assert expect(citizen.get(f"/v1/inbox-messages/{message['id']}"), 200).json() == message
