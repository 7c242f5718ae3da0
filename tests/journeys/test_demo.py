# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Iterator

import pytest
from running_stack import RunningStack

from parvis_local.demo.journey import JOURNEY, Step
from parvis_local.demo.story import Story


@pytest.fixture(scope="module")
def story(stack: RunningStack) -> Iterator[Story]:
    with stack.stage() as stage:
        yield Story(stage)


@pytest.mark.parametrize("step", JOURNEY, ids=lambda step: step.title)
def test_the_journey_of_a_report(story: Story, step: Step) -> None:
    assert all(step.play(story))
