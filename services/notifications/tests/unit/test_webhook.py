# SPDX-License-Identifier: EUPL-1.2
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from parvis_notifications.domain.webhook import SCHEDULE, Reception, reception, retry_seconds, shown_secret, signature

ATTEMPTS = st.integers(1, len(SCHEDULE))
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (200, Reception.TAKEN),
        (299, Reception.TAKEN),
        (0, Reception.REFUSED),
        (199, Reception.REFUSED),
        (301, Reception.REFUSED),
        (404, Reception.REFUSED),
        (500, Reception.REFUSED),
        (410, Reception.GONE),
        (429, Reception.THROTTLED),
        (502, Reception.THROTTLED),
        (503, Reception.THROTTLED),
        (504, Reception.THROTTLED),
    ],
)
def test_what_an_answer_means(status: int, meaning: Reception) -> None:
    assert reception(status) is meaning


def test_the_schedule_is_that_of_standard_webhooks_and_ends() -> None:
    middle = [retry_seconds(attempts, None, 0.5) for attempts in range(1, len(SCHEDULE) + 1)]
    assert middle == [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert retry_seconds(len(SCHEDULE) + 1, 10, 0.5) is None


@given(ATTEMPTS, st.floats(0, 1))
def test_chance_spreads_attempts_by_a_fifth(attempts: int, chance: float) -> None:
    delay = SCHEDULE[attempts - 1]
    spread = retry_seconds(attempts, None, chance)
    assert spread is not None
    assert delay * 0.8 - 1e-6 <= spread <= delay * 1.2 + 1e-6


@given(ATTEMPTS, st.floats(-1e9, 1e9))
def test_a_subscriber_may_ask_for_patience_up_to_a_day_never_for_haste(attempts: int, asked: float) -> None:
    usual, after = retry_seconds(attempts, None, 0.5), retry_seconds(attempts, asked, 0.5)
    assert usual is not None
    assert after is not None
    assert usual <= after <= max(usual, 86_400)
    assert after >= min(asked, 86_400)


@given(st.binary(min_size=24, max_size=64), st.integers(0, 2**40))
def test_a_signature_is_what_the_specification_says(secret: bytes, seconds: int) -> None:
    body = json.dumps({"seconds": seconds})
    timestamp = seconds % 4_000_000_000
    theirs = Webhook(shown_secret(secret)).sign(ID, datetime.fromtimestamp(timestamp, UTC), body)
    assert signature(secret, ID, timestamp, body.encode()) == theirs
