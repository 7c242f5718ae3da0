# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_kit.locale import Language
from parvis_notifications.domain.message import Template, reading_time
from parvis_notifications.service.templates import Templates

MOMENTS = st.datetimes(timezones=st.just(UTC))
TEMPLATES = Templates()


@given(MOMENTS, MOMENTS, MOMENTS)
def test_a_message_was_read_after_it_was_written_and_not_in_the_future(
    claimed: datetime, one: datetime, other: datetime
) -> None:
    created, now = min(one, other), max(one, other)
    read = reading_time(claimed, created_at=created, now=now)
    assert created <= read <= now
    if created <= claimed <= now:
        assert read == claimed


@pytest.mark.parametrize("occasion", Template)
def test_each_occasion_has_words_in_both_languages(occasion: Template) -> None:
    languages: tuple[Language, ...] = ("fr", "en")
    known = ("reply", "day", "asked", "status", "remedy", "received", "service", "statements")
    values = {"reference": "R-2026-7KQ4-XM9", **dict.fromkeys(known, "Bonjour.")}
    words = [TEMPLATES.words(occasion, each, **values) for each in languages]
    referred = occasion is not Template.ADDRESS_TO_CONFIRM  # what waits for it has no reference yet
    assert all(("R-2026-7KQ4-XM9" in each.subject) is referred and each.body for each in words)
    assert words[0] != words[1]
