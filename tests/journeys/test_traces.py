# SPDX-License-Identifier: EUPL-1.2
"""One trace id (W3C trace context) tells what a call led to, from the gateway to the mail; no log names a person."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from exported_spans import ExportedSpans
from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT
from parvis_local.layout import Layout

PATH_OF_A_CALL = {
    ("access", "POST /v1/requests"),
    ("requests-api", "answered"),
    ("notifications-worker", "mail_sent"),
}
# Each below the one before: what the first service did, what was heard of it over Kafka, what became of that.
SPANS = [
    ("parvis-requests", "POST /v1/requests"),
    ("parvis-notifications", "handle fr.parvis.requests.request-submitted.v1"),
    ("parvis-notifications", "compose request-submitted"),
    ("parvis-notifications", "mail request-submitted"),
]
WORDS = "Une phrase que personne ne doit lire dans un journal."
SIMULATORS = {
    "franceconnect",
    "mailsink",
    "smssink",
    "lettersink",
    "voicesink",
    "pushsink",
    "socialsink",
    "matrixsink",
    "payfip",
    "apiparticulier",
}
NEVER = ("amelie", "durand", "Amélie", WORDS, "example.org", "Bearer", "code=", "203.0.113.7")
# A token's head; its first three letters alone stand in a few million random bytes of ids by chance.
TOKEN = re.compile("eyJ[A-Za-z0-9_-]{8}")


@pytest.fixture(scope="module")
def trace_id(stack: RunningStack) -> Iterator[str]:
    with stack.stage() as stage:
        citizen = stage.citizen("amelie")
        somewhere = {"X-Forwarded-For": "203.0.113.7"}
        answer = citizen.post("/v1/requests", REPORT | {"description": WORDS}, **somewhere)
        reference = expect(answer, 201).json()["reference"]
        eventually("a mail", lambda: [m for m in stage.mails("amelie.durand@example.org") if reference in m["subject"]])
        yield answer.headers["X-Request-Id"].replace("-", "")


def lines(layout: Layout) -> Iterator[tuple[str, str]]:
    for log in sorted(Path(layout.logs).glob("*.log")):
        for line in log.read_text("utf-8", "replace").splitlines():
            yield log.stem, line


def test_one_trace_leads_from_the_gateway_to_the_mail(stack: RunningStack, trace_id: str) -> None:
    def met() -> set[tuple[str, str]] | None:
        found = set()
        for log, line in lines(stack.layout):
            if trace_id in line:
                told: dict[str, Any] = json.loads(line)
                found.add((log, str(told.get("route") if log == "access" else told["event"])))
        return found if found >= PATH_OF_A_CALL else None

    # The gateway writes its log by the second.
    assert eventually("the whole trace in the logs", met, 60)


def test_the_spans_of_that_trace_are_exported_each_below_the_one_before(spans: ExportedSpans, trace_id: str) -> None:
    def below(parents: set[bytes], service: str, name: str) -> set[bytes]:
        found = spans.of(trace_id)
        return {s.id for s in found if (s.service, s.name) == (service, name) and s.parent in parents}

    def last() -> set[bytes]:
        first, *others = SPANS
        met = {span.id for span in spans.of(trace_id) if (span.service, span.name) == first}
        for service, name in others:
            met = below(met, service, name)
        return met

    assert len(eventually("the whole trace at the collector", last, 60)) == 1


@pytest.mark.usefixtures("trace_id")
def test_no_span_holds_a_name_an_address_a_token_or_what_was_written(spans: ExportedSpans) -> None:
    assert len(spans.bodies) > 0
    assert [word for word in NEVER for body in spans.bodies if word.encode() in body] == []
    assert [found for body in spans.bodies for found in TOKEN.findall(body.decode("latin-1"))] == []


@pytest.mark.usefixtures("trace_id")
def test_no_log_holds_a_name_an_address_a_token_or_what_was_written(stack: RunningStack) -> None:
    # What the simulators write is about invented people, and no part of Parvis.
    ours = [(log, line) for log, line in lines(stack.layout) if log not in SIMULATORS]
    assert len(ours) > 20
    assert [(log, line) for log, line in ours if any(word in line for word in NEVER) or TOKEN.search(line)] == []
