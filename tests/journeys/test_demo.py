# SPDX-License-Identifier: EUPL-1.2
import pytest
from running_stack import RunningStack

from parvis_local.demo.journey import JOURNEY, Step
from parvis_local.demo.story import Story


@pytest.fixture(scope="module")
def story(stack: RunningStack) -> Story:
    return Story(stack.stage())


@pytest.mark.parametrize("step", JOURNEY, ids=lambda step: step.title)
def test_the_journey_of_a_report(story: Story, step: Step) -> None:
    assert all(step.play(story))
