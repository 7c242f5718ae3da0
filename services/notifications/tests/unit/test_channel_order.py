# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.channel_order import arranged, following, may_follow, order_of
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Decision, Mode, Outcome, Preferences, Reach, Reason
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import LEGAL, TOPICS, Channel, Topic

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ALWAYS = QuietHours(time(0), time(23, 59), "Europe/Paris")
USUAL, LAWFUL, DECIDED = Template.REQUEST_TAKEN, Template.REQUEST_SUBMITTED, Template.APPEAL_DECIDED
EMAIL, SMS, PUSH, LETTER, VOICE = Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.LETTER, Channel.VOICE
OFFERED = (EMAIL, SMS, LETTER, VOICE)
REACH = Reach(dict.fromkeys(OFFERED, "somewhere"), offered=OFFERED)
GOING = {Outcome.SENT, Outcome.DEFERRED, Outcome.GATHERED}

PREFERENCES = st.builds(
    Preferences,
    st.none(),
    st.sampled_from([None, ALWAYS]),
    st.dictionaries(st.sampled_from(Topic), st.permutations([EMAIL, SMS, VOICE]).map(tuple)),
    modes=st.dictionaries(st.sampled_from(Topic), st.sampled_from(Mode)),
)
REACHES = st.builds(
    Reach,
    st.dictionaries(st.sampled_from(OFFERED), st.just("somewhere")),
    st.sets(st.sampled_from(Channel)),
    st.sets(st.sampled_from(Channel)),
)


def chosen(*channels: Channel, mode: Mode = Mode.FIRST) -> Preferences:
    return Preferences(choices={Topic.REQUESTS: channels}, modes={Topic.REQUESTS: mode})


def plan(preferences: Preferences, occasion: Template = USUAL, reach: Reach = REACH) -> dict[Channel, Decision]:
    return {each.channel: each for each in arranged(preferences.decide(occasion, reach, NOW), preferences, occasion)}


def going(made: dict[Channel, Decision]) -> set[Channel]:
    return {channel for channel, each in made.items() if each.outcome in GOING}


@pytest.mark.parametrize("order", [(EMAIL, SMS), (SMS, EMAIL)])
def test_the_first_that_somebody_named_goes_and_the_other_stands_by(order: tuple[Channel, Channel]) -> None:
    made = plan(chosen(*order))
    assert going(made) == {order[0]}
    assert (made[order[1]].outcome, made[order[1]].reason) == (Outcome.STANDBY, Reason.IN_RESERVE)
    assert [made[channel].rank for channel in order] == [1, 2]
    assert made[VOICE].rank is None


def test_all_go_where_nothing_else_was_said() -> None:
    made = plan(chosen(EMAIL, SMS, mode=Mode.ALL))
    assert going(made) == {EMAIL, SMS}
    assert {each.rank for each in made.values()} == {None}


def test_one_that_reaches_nobody_is_passed_over_and_may_have_its_turn_later() -> None:
    made = plan(chosen(EMAIL, SMS), reach=Reach({SMS: "somewhere"}, offered=OFFERED))
    assert going(made) == {SMS}
    assert may_follow(made[EMAIL].outcome, made[EMAIL].reason, made[EMAIL].rank)


def test_what_the_law_has_sent_has_every_written_way_in_reserve_and_no_call() -> None:
    made = plan(Preferences(), LAWFUL)
    assert going(made) == {EMAIL}
    assert [made[channel].outcome for channel in (SMS, LETTER)] == [Outcome.STANDBY] * 2
    assert [made[channel].rank for channel in (EMAIL, SMS, LETTER, VOICE)] == [1, 2, 3, None]


def test_the_order_holds_for_what_the_law_has_sent_and_its_mail_goes_where_none_was_named() -> None:
    assert going(plan(chosen(SMS, EMAIL), LAWFUL)) == {SMS}
    assert going(plan(chosen(SMS), LAWFUL)) == {SMS, EMAIL}


def test_a_decision_has_ways_in_reserve_that_were_not_chosen_but_for_who_wants_none() -> None:
    made = plan(chosen(EMAIL, mode=Mode.ALL), DECIDED)
    assert going(made) == {EMAIL}
    assert [made[channel].outcome for channel in (SMS, LETTER, VOICE)] == [
        Outcome.STANDBY, Outcome.STANDBY, Outcome.WITHHELD,
    ]  # fmt: skip
    assert Outcome.STANDBY not in {each.outcome for each in plan(chosen(mode=Mode.ALL), DECIDED).values()}


@given(PREFERENCES, st.sampled_from(Template), REACHES)
def test_an_order_keeps_nobody_from_being_told_and_loses_no_channel(
    preferences: Preferences, occasion: Template, reach: Reach
) -> None:
    decided = preferences.decide(occasion, reach, NOW)
    made = arranged(decided, preferences, occasion)
    before, after = going({each.channel: each for each in decided}), going({each.channel: each for each in made})
    assert bool(before) == bool(after)
    assert after <= before
    order, placed = order_of(preferences, occasion), [each for each in made if each.rank is not None]
    known = [channel for channel in order if channel in {each.channel for each in made}]
    assert [each.channel for each in sorted(placed, key=lambda each: each.rank or 0)] == known
    held = {each.channel for each in made if each.outcome is Outcome.STANDBY}
    assert before - after <= held <= set(order)
    if preferences.mode(TOPICS[occasion]) is Mode.ALL:
        assert after == before


@given(PREFERENCES, st.sampled_from(Template), REACHES)
def test_a_channel_whose_turn_has_come_goes_only_where_it_reaches_the_person(
    preferences: Preferences, occasion: Template, reach: Reach
) -> None:
    for each in arranged(preferences.decide(occasion, reach, NOW), preferences, occasion):
        if each.outcome is Outcome.STANDBY:
            assert following(preferences, each.channel, occasion, reach, NOW, None).outcome is not Outcome.WITHHELD
            gone = Reach(reach.addresses, set(Channel), reach.offered)
            after = following(preferences, each.channel, occasion, gone, NOW, None)
            assert after.outcome is Outcome.WITHHELD
            assert may_follow(after.outcome, after.reason, each.rank)


def test_quiet_hours_hold_whose_turn_has_come_even_where_the_law_has_it_sent() -> None:
    assert LAWFUL in LEGAL
    decision = following(Preferences(quiet_hours=ALWAYS), SMS, LAWFUL, REACH, NOW, None)
    assert (decision.outcome, decision.reason) == (Outcome.DEFERRED, Reason.NEXT_IN_ORDER)
    assert decision.not_before is not None
    assert following(Preferences(quiet_hours=ALWAYS), LETTER, LAWFUL, REACH, NOW, None).outcome is Outcome.SENT
    late = following(Preferences(quiet_hours=ALWAYS), SMS, LAWFUL, REACH, NOW, decision.not_before)
    assert (late.outcome, late.reason) == (Outcome.WITHHELD, Reason.TOO_LATE)


def test_who_left_a_channel_off_meanwhile_is_not_told_by_it() -> None:
    assert following(chosen(EMAIL), SMS, USUAL, REACH, NOW, None).reason is Reason.NOT_CHOSEN
