# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_notifications.domain.breaker import FAILURES, Breaker, Throttle
from parvis_notifications.domain.sms import LONGEST_SEGMENTS, Length, length, plainer, sms_text


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", Length("gsm-7", 0, 1)),
        ("é" * 160, Length("gsm-7", 160, 1)),
        ("a" * 161, Length("gsm-7", 161, 2)),
        ("a" * 306, Length("gsm-7", 306, 2)),
        ("a" * 307, Length("gsm-7", 307, 3)),
        ("€" * 80, Length("gsm-7", 160, 1)),
        # An escape stays with its sign: 76 of them fill 152 of 153 septets.
        ("€" * 153, Length("gsm-7", 306, 3)),
        ("ê" * 70, Length("ucs-2", 70, 1)),
        ("ê" * 71, Length("ucs-2", 71, 2)),
        ("😀" * 35, Length("ucs-2", 70, 1)),
        ("😀" * 67, Length("ucs-2", 134, 3)),
    ],
)
def test_the_length_of_a_text_is_counted_as_it_is_paid(text: str, counted: Length) -> None:
    assert length(text) == counted


def test_typography_is_made_plain_and_no_accent_is_lost() -> None:
    assert plainer("L’accusé « reçu »\u202f: œuvre…") == 'L\'accusé "reçu" : oeuvre...'


def test_a_long_subject_is_cut_and_the_link_is_whole() -> None:
    text = sms_text("Ville de Paris", "mot " * 500, "https://paris.example/v1/requests/1")
    assert length(text).segments == LONGEST_SEGMENTS
    assert text.endswith("\nhttps://paris.example/v1/requests/1")


def test_a_breaker_opens_after_troubles_in_a_row_and_lets_one_call_try() -> None:
    breaker = Breaker()
    for _ in range(FAILURES - 1):
        breaker.failed(0.0)
    breaker.succeeded()
    for _ in range(FAILURES):
        assert breaker.allows(0.0)
        breaker.failed(0.0)
    assert not breaker.allows(9.0)
    assert breaker.waits(4.0) == 6.0
    assert breaker.allows(10.0)
    assert not breaker.allows(10.0), "another one tries already"
    breaker.failed(10.0)
    assert breaker.waits(10.0) == 20.0, "twice as long"
    assert breaker.allows(30.0)
    breaker.succeeded()
    assert breaker.allows(30.0)
    assert breaker.waits(30.0) == 0.0


def test_a_throttle_gives_each_call_its_turn() -> None:
    throttle = Throttle(4)
    assert [throttle.turn(10.0) for _ in range(3)] == [0.0, 0.25, 0.5]
    assert throttle.turn(20.0) == 0.0
