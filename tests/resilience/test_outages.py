# SPDX-License-Identifier: EUPL-1.2
"""Parts of the stack die or fall silent while citizens submit; then what was accepted is stored and told once."""

import json
import time

import pytest
from running_stack import RunningStack
from under_load import Load, frozen, stored, told

from parvis_local.demo.cast import Stage
from parvis_local.demo.expecting import expect


def test_a_database_that_is_killed_loses_no_accepted_report(stack: RunningStack) -> None:
    with stack.stage() as stage:
        citizen = stage.citizen("dimitri")
        load = Load(citizen)
        workers = processes(stage)
        with load.running(40, pause=0.1):
            load.wait_for(8)
            stage.kill("postgres")
        assert len(load.accepted) == 40
        assert load.refused, "nobody noticed that the database was away"
        assert sorted(stored(citizen)) == sorted(load.accepted)
        assert set(told(stage, "dimitri@example.org", load.accepted).values()) == {1}
        assert processes(stage) == workers, "they wait for the database; it is not for others to start them again"


def processes(stage: Stage) -> list[int | None]:
    """The workers that have work in these tests."""
    parts = [stage.part(name) for name in ("requests-worker", "notifications-worker")]
    return [part.process.pid if part.process else None for part in parts]


def said(stack: RunningStack, part: str, event: str) -> int:
    """How often the log of that process tells that event."""
    lines = (stack.layout.logs / f"{part}.log").read_text("utf-8").splitlines()
    return sum(json.loads(line).get("event") == event for line in lines if line.startswith("{"))


@pytest.mark.parametrize(
    ("part", "person", "address"),
    [
        ("broker", "elif", "elif@example.org"),
        ("identity-api", "farid", "farid@example.org"),
        ("notifications-worker", "chloe", "chloe@example.org"),
    ],
)
def test_what_stands_behind_an_act_may_be_away_while_it_is_accepted(
    stack: RunningStack, part: str, person: str, address: str
) -> None:
    with stack.stage() as stage:
        citizen = stage.citizen(person)
        expect(citizen.get("/v1/requests"), 200)  # from now on the service knows the keys of whoever signs tokens
        load = Load(citizen)
        with frozen(stage, part):
            with load.running(10):
                pass
            assert not load.refused
            time.sleep(6)  # longer than the time-outs of those who call it
            assert [mail for mail in stage.mails(address) if "R-" in mail["subject"]] == []
        assert sorted(stored(citizen)) == sorted(load.accepted)
        assert set(told(stage, address, load.accepted).values()) == {1}


def test_workers_that_are_killed_under_load_tell_everything_once(stack: RunningStack) -> None:
    with stack.stage() as stage:
        load = Load(stage.citizen("bruno"))
        with load.running(30):
            for number, part in enumerate(("requests-worker", "notifications-worker", "requests-api"), 1):
                load.wait_for(number * 5)
                stage.kill(part)
        assert len(set(load.accepted)) == 30
        mails = told(stage, "bruno.petit@example.org", load.accepted)
        # Killed between the relay's answer and the note of it, the worker sends a mail again, and says so (decision 2).
        assert sum(mails.values()) - len(mails) <= said(stack, "notifications-worker", "mail_again_in_doubt")
