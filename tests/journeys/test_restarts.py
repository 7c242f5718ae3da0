# SPDX-License-Identifier: EUPL-1.2
"""What was accepted is neither lost nor told twice, however the stack ends."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_stack import RunningStack

from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path / "stack")
    running.start()
    yield running
    running.stop()


def submit(stack: RunningStack, reports: int) -> list[str]:
    with stack.stage() as stage:
        citizen = stage.citizen("bruno")
        answers = [expect(citizen.post("/v1/requests", REPORT), 201) for _ in range(reports)]
        return [answer.json()["reference"] for answer in answers]


def sent(stack: RunningStack) -> int:
    """How many events the broker has acknowledged to the relay of requests."""
    lines = stack.inside("requests-worker", "/metrics").text.splitlines()
    return next(int(float(line.split()[1])) for line in lines if line.startswith("parvis_outbox_sent_total "))


def test_a_stack_that_is_killed_and_one_that_is_stopped_tell_everything_once(own_stack: RunningStack) -> None:
    with own_stack.stage() as stage:
        listening = stage.part("notifications-worker").process
        assert listening is not None
        # What the embedded broker has, nobody hears; it forgets it with its end, and the journal alone knows.
        os.kill(listening.pid, signal.SIGSTOP)
        references = submit(own_stack, 5)
        eventually("the reports at the broker", lambda: sent(own_stack) >= len(references))
        # The relay's marks reach the disk with the next commit that waits for it: from here on they outlive a kill.
        references += submit(own_stack, 1)
        assert stage.mails("bruno.petit@example.org") == []
    own_stack.kill()
    own_stack.start()
    references += submit(own_stack, 5)
    own_stack.stop()
    own_stack.start()
    with own_stack.stage() as stage:

        def subjects() -> list[str]:
            return [mail["subject"] for mail in stage.mails("bruno.petit@example.org")]

        def told(wanted: int) -> list[int] | None:
            counts = [sum(reference in subject for subject in subjects()) for reference in references]
            return counts if sum(counts) >= wanted else None

        eventually("a mail for each report", lambda: told(len(references)), 60)
        # One more report after all: when its mail is there, the replay of the older events is over.
        last = submit(own_stack, 1)[0]
        eventually("the last mail", lambda: any(last in subject for subject in subjects()), 30)
        assert told(0) == [1] * len(references)
        inbox = expect(stage.citizen("bruno").get("/v1/inbox-messages?limit=100&count=exact"), 200).json()
        assert inbox["count"] == len(references) + 1
