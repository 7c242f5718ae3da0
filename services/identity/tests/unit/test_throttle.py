# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import pytest

from parvis_identity.domain.throttle import Door, Pace
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import MasterKey

PACE = Pace(free=3, longest=timedelta(minutes=1), forgets=timedelta(minutes=10))


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 0), (3, 0), (4, 1), (5, 2), (6, 4), (9, 32), (10, 60), (10_000, 60)]
)
def test_waits_grow_and_end_somewhere(attempts: int, seconds: int) -> None:
    assert PACE.wait_after(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("nonsense", "", True),
    ],
)
def test_a_subscriber_s_whole_network_is_one_source(one: str, other: str, same: bool) -> None:
    throttle = Throttle(None, MasterKey("A" * 43 + "="))  # type: ignore[arg-type]
    assert (throttle.source(one, Door.LETTER) == throttle.source(other, Door.LETTER)) is same
    assert throttle.source(one, Door.LETTER) != throttle.source(one, Door.PASSWORD)
