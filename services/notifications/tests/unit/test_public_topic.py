# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_notifications.domain.public_topic import public_topic


def test_the_collectivity_stands_before_all_that_tells_its_topics_apart() -> None:
    assert public_topic("parvis.requests.request.v1", "saint-denis") == "parvis.public.saint-denis.requests.request.v1"


@pytest.mark.parametrize("code", ["", "a", "Paris", "paris.requests", "paris.", "-paris", "p" * 33, "paris\n"])
def test_a_code_that_could_reach_into_the_topics_of_another_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no code of a collectivity"):
        public_topic("parvis.requests.request.v1", code)
