# SPDX-License-Identifier: EUPL-1.2
from running_stack import RunningStack

from parvis_local.demo.journey import JOURNEY, play


def test_the_journey_of_a_report_from_signing_in_to_the_last_message(stack: RunningStack) -> None:
    """What ``make demo`` plays; each step raises where it does not go as it must."""
    said: list[str] = []
    with stack.stage() as stage:
        play(stage, said.append)
    assert [step.title for step in JOURNEY if not any(step.title in line for line in said)] == []
    assert said[-1].strip() == "The journey is complete."
