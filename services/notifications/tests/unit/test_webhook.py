# SPDX-License-Identifier: EUPL-1.2
import json
from base64 import b64decode
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from parvis_notifications.domain.webhook import SCHEDULE, Reception, Traits, reception, retry_seconds
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_public_key, shown_secret, signatures

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


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**40))
def test_a_signature_is_what_the_specification_says(secret: bytes, seconds: int) -> None:
    body = json.dumps({"seconds": seconds})
    timestamp = seconds % 4_000_000_000
    theirs = Webhook(shown_secret(secret)).sign(ID, datetime.fromtimestamp(timestamp, UTC), body)
    assert signatures([secret], ID, timestamp, body.encode()) == theirs
    assert shown_public_key(secret) is None


def test_each_of_the_keys_signs_in_both_ways() -> None:
    present, former, old = new_keys(), new_keys(), new_keys()[:32]
    made = signatures([present, former, old], ID, 1_700_000_000, b"{}").split(" ")
    assert [text.partition(",")[0] for text in made] == ["v1", "v1", "v1", "v1a", "v1a"]
    assert len(set(made)) == 5
    for keys, text in ((present, made[3]), (former, made[4])):
        shown = shown_public_key(keys)
        assert shown is not None
        public = Ed25519PublicKey.from_public_bytes(b64decode(shown.removeprefix("whpk_")))
        public.verify(b64decode(text.removeprefix("v1a,")), f"{ID}.1700000000.{{}}".encode())
        with pytest.raises(InvalidSignature):
            public.verify(b64decode(text.removeprefix("v1a,")), f"{ID}.1700000001.{{}}".encode())


def test_filters_look_at_codes_and_at_nothing_else() -> None:
    assert Traits.of({"request_type": "pothole", "area": None, "team": "voirie"}) == Traits("pothole", None)
    assert Traits.of({"request_type": 7, "area": ["centre"]}) == Traits(None, None)
