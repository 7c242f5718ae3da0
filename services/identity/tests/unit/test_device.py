# SPDX-License-Identifier: EUPL-1.2
"""Codes that people type, and how long a device waits."""

from datetime import UTC, datetime, timedelta

import pytest

from parvis_identity.domain.device import ALPHABET, DeviceRequest, new_user_code, shown, typed

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def waiting(polled_at: datetime | None = None, interval: int = 5) -> DeviceRequest:
    return DeviceRequest(
        device_hash=b"d",
        client_id="kiosk",
        scopes=frozenset({"openid"}),
        resources=frozenset(),
        interval_seconds=interval,
        polled_at=polled_at,
        grant=None,
        denied_at=None,
        redeemed_at=None,
        expires_at=NOW + timedelta(minutes=10),
    )


def test_no_code_can_be_a_word_or_be_misread() -> None:
    assert not set(ALPHABET) & set("AEIOUY0123456789")
    assert all(typed(shown(code)) == code for code in (new_user_code() for _ in range(100)))
    assert len({new_user_code() for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    "text", ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "BCDF–GHJK", "b-c-d-f-g-h-j-k", "BCDF\u00a0GHJK"]
)
def test_it_does_not_matter_how_it_is_typed(text: str) -> None:
    assert typed(text) == "BCDFGHJK"


@pytest.mark.parametrize("text", [None, "", "BCDF-GHJ", "BCDF-GHJKL", "ABCD-EFGH", "BCDF-GHJ0", "-" * 99, "ß" * 8])
def test_what_cannot_be_a_code_is_none(text: str | None) -> None:
    assert typed(text) is None


def test_who_asks_too_soon_waits_longer_each_time() -> None:
    first, error = waiting().polled(NOW)
    assert error
    assert error.code == "authorization_pending"
    second, error = first.polled(NOW + timedelta(seconds=4))
    assert error
    assert (error.code, second.interval_seconds) == ("slow_down", 10)
    third, error = second.polled(NOW + timedelta(seconds=13))
    assert error
    assert (error.code, third.interval_seconds) == ("slow_down", 15)
    _, error = third.polled(NOW + timedelta(seconds=29))
    assert error
    assert error.code == "authorization_pending"
