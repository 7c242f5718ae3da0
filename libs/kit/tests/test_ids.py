# SPDX-License-Identifier: EUPL-1.2
import time

from parvis_kit.ids import uuid7


def test_uuid7_has_its_version_its_variant_and_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_uuid7_never_repeats_and_grows_with_time() -> None:
    first = uuid7()
    time.sleep(0.002)
    assert first < uuid7()
    assert len({uuid7() for _ in range(10_000)}) == 10_000
