# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.domain.consultation import Action, Consultation, State
from parvis_participation.domain.errors import (
    BadPeriodError,
    NotOpenError,
    RepeatedOptionError,
    TransitionError,
    UnknownOptionError,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def consultation(published: datetime | None = None, *options: str) -> Consultation:
    return Consultation(uuid4(), "paris", options or ("yes", "no"), NOON, NOON + HOUR, published, 1)


@given(st.booleans(), st.lists(st.tuples(st.sampled_from(Action), st.integers(-120, 120)), max_size=8))
def test_a_closed_consultation_never_opens_again_and_each_act_is_one_version(
    published: bool, acts: list[tuple[Action, int]]
) -> None:
    current = consultation(NOON - HOUR if published else None)
    order = [State.DRAFT, State.SCHEDULED, State.OPEN, State.CLOSED]
    for action, minutes in sorted(acts, key=lambda act: act[1]):
        now = NOON + timedelta(minutes=minutes)
        before = current.state(now)
        try:
            after = current.after(action, now)
        except TransitionError:
            continue
        assert after.version == current.version + 1
        assert order.index(after.state(now)) > order.index(before)
        current = after


def test_the_state_follows_from_the_times() -> None:
    published = consultation(NOON - HOUR)
    moments = {NOON - HOUR: State.SCHEDULED, NOON + HOUR / 2: State.OPEN, NOON + HOUR: State.CLOSED}
    assert {at: published.state(at) for at in moments} == moments
    assert consultation().state(NOON + HOUR / 2) is State.DRAFT


def test_what_can_be_answered_and_when() -> None:
    published = consultation(NOON - HOUR)
    published.check_answer("yes", NOON + HOUR / 2)
    with pytest.raises(UnknownOptionError):
        published.check_answer("maybe", NOON + HOUR / 2)
    for closed in (NOON - HOUR, NOON + HOUR):
        with pytest.raises(NotOpenError):
            published.check_answer("yes", closed)


def test_a_consultation_without_time_or_with_twins_cannot_be() -> None:
    with pytest.raises(BadPeriodError):
        Consultation(uuid4(), "paris", ("a", "b"), NOON, NOON, None, 1)
    with pytest.raises(RepeatedOptionError):
        consultation(None, "yes", "yes")
