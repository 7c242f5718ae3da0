# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from parvis_kit.web.types import Instant

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T14:03:40Z",
        "2026-11-24t14:03:40z",
        "2026-11-24 15:03:40+01:00",
        "2026-11-24T14:03:40.000-00:00",
        "2026-11-24T04:33:40.0-09:30",
    ],
)
def test_each_form_of_rfc_3339_is_the_same_instant(text: str) -> None:
    assert INSTANT.validate_python(text) == datetime(2026, 11, 24, 14, 3, 40, tzinfo=UTC)


@given(
    # Of the first and of the last day there are hours that have no name in UTC.
    st.datetimes(
        datetime(1, 1, 2),  # noqa: DTZ001 - the strategy gives the offset
        datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
def test_what_python_writes_with_an_offset_is_read_again(at: datetime) -> None:
    assert INSTANT.validate_python(at.isoformat()) == at


@pytest.mark.parametrize(
    "value",
    [
        0,
        1_764_000_000,
        1.5,
        True,
        None,
        "0",
        "1764000000",
        "2026-11-24",
        "2026-11-24T14:03:40",
        "2026-11-24T14:03Z",
        "2026-11-24T14:03:40+0100",
        "2026-13-24T14:03:40Z",
        "٢٠٢٦-11-24T14:03:40Z",
        "yesterday",
        datetime(2026, 11, 24, tzinfo=UTC),
    ],
)
def test_nothing_else_is_an_instant(value: Any) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(value)
