# SPDX-License-Identifier: EUPL-1.2
"""Clients that submit reports through the gateway as careful ones do, and what came of it."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

import httpx

from parvis_local.demo.cast import Actor, Stage
from parvis_local.demo.expecting import eventually, expect
from parvis_local.demo.steps.report import REPORT

_PATIENCE_SECONDS = 90.0


class Load:
    """Reports of one citizen, each sent with a key of its own until it is accepted."""

    def __init__(self, citizen: Actor) -> None:
        self._citizen = citizen
        self._lock = threading.Lock()
        self.accepted: list[str] = []
        self.refused: Counter[int] = Counter()

    def submit(self, pause: float = 0.0) -> None:
        """One report, and a pause; whatever is answered but 201 must say when to try again."""
        key = str(uuid4())
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self._citizen.post("/v1/requests", REPORT, key)
            except httpx.TransportError:
                time.sleep(0.5)
                continue
            if answer.status_code == 201:
                with self._lock:
                    self.accepted.append(answer.json()["reference"])
                time.sleep(pause)
                return
            assert answer.status_code in {409, 503, 504}, answer.text
            assert "retry-after" in answer.headers, answer.text
            with self._lock:
                self.refused[answer.status_code] += 1
            time.sleep(min(float(answer.headers["retry-after"]), 1.0))
        raise AssertionError(f"not accepted within {_PATIENCE_SECONDS:.0f} s")

    @contextmanager
    def running(self, reports: int, threads: int = 4, pause: float = 0.0) -> Iterator[None]:
        """The reports are sent while the block runs, and all accepted at its end."""
        with ThreadPoolExecutor(threads) as pool:
            sent: list[Future[None]] = [pool.submit(self.submit, pause) for _ in range(reports)]
            yield
        for each in sent:
            each.result()

    def wait_for(self, accepted: int) -> None:
        """Until so many are accepted."""
        eventually(f"{accepted} accepted reports", lambda: len(self.accepted) >= accepted, 60)


def stored(citizen: Actor) -> list[str]:
    """The references of the citizen's requests."""
    items = expect(citizen.get("/v1/requests?limit=100"), 200).json()["items"]
    return [item["reference"] for item in items]


def told(stage: Stage, address: str, references: list[str]) -> dict[str, int]:
    """How many mails that address got about each of these requests, once each has one."""

    def counts() -> dict[str, int] | None:
        subjects = [mail["subject"] for mail in stage.mails(address)]
        found = {reference: sum(reference in subject for subject in subjects) for reference in references}
        return found if all(found.values()) else None

    return eventually("a mail about each report", counts, 90)


@contextmanager
def frozen(stage: Stage, name: str) -> Iterator[None]:
    """That process of the stack answers nobody, as one behind a cut line; it goes on at the end."""
    process = stage.part(name).process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)
