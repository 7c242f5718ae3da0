# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_kit.locale import Language
from parvis_notifications.api.deliveries import WORDS
from parvis_notifications.domain.errors import RepeatedChoiceError
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Outcome, Preferences, Reach, Reason, choices
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import LEGAL, POSTABLE, TOPICS, Channel, LegalBasis, Topic
from parvis_notifications.service.templates import Templates

NIGHT = QuietHours(time(22), time(7), "Europe/Paris")
MIDNIGHT = datetime(2026, 11, 25, 23, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 6, tzinfo=UTC)
EMAIL = Reach({Channel.EMAIL: "camille@example.org"})
USUAL, LAWFUL = Template.REQUEST_REPLIED, Template.REQUEST_SUBMITTED
PREFERENCES = st.builds(
    Preferences,
    st.sampled_from([None, "fr", "en"]),
    st.sampled_from([None, NIGHT]),
    st.dictionaries(
        st.sampled_from(Topic), st.sampled_from([(), (Channel.EMAIL,), (Channel.SMS,), (Channel.SMS, Channel.EMAIL)])
    ),
)

REACH = st.builds(
    Reach,
    st.dictionaries(st.sampled_from((Channel.EMAIL, Channel.SMS)), st.just("somewhere")),
    st.sets(st.sampled_from(Channel)),
    st.sets(st.sampled_from(Channel)),
    st.lists(st.uuids(), max_size=2),
)


def decided(preferences: Preferences, occasion: Template = USUAL, now: datetime = MORNING) -> tuple[str, str]:
    (decision,) = (each for each in preferences.decide(occasion, EMAIL, now) if each.channel is Channel.EMAIL)
    return decision.outcome, decision.reason


def test_who_never_chose_is_told_by_mail_at_once() -> None:
    assert decided(Preferences()) == ("sent", "default")


def test_a_topic_goes_as_it_was_chosen() -> None:
    assert decided(Preferences(choices={Topic.REQUESTS: (Channel.EMAIL,)})) == ("sent", "chosen")
    assert decided(Preferences(choices={Topic.REQUESTS: ()})) == ("withheld", "not-chosen")


def test_in_quiet_hours_a_message_is_deferred_to_their_end() -> None:
    (decision,) = Preferences(quiet_hours=NIGHT).decide(USUAL, EMAIL, MIDNIGHT)
    assert (decision.outcome, decision.reason) == (Outcome.DEFERRED, Reason.QUIET_HOURS)
    assert decision.not_before == MORNING
    assert decided(Preferences(quiet_hours=NIGHT), now=MORNING) == ("sent", "default")


@given(PREFERENCES, st.datetimes(timezones=st.just(UTC)))
def test_what_the_law_has_sent_goes_at_once_whatever_was_chosen(preferences: Preferences, now: datetime) -> None:
    assert decided(preferences, LAWFUL, now) == ("sent", "legal-notice")


@given(PREFERENCES, REACH, st.datetimes(timezones=st.just(UTC)))
def test_what_the_law_has_sent_reaches_whoever_can_be_reached(
    preferences: Preferences, reach: Reach, now: datetime
) -> None:
    sent = {each.channel for each in preferences.decide(LAWFUL, reach, now) if each.outcome is Outcome.SENT}
    reached = {channel for channel in Channel if reach.fits(channel)}
    assert bool(sent & reached) == bool(reached)
    # A mail costs nothing, and the mailbox may be back.
    mailed = Channel.EMAIL in reach.offered and reach.leads(Channel.EMAIL)
    assert bool(sent) == (bool(reached) or mailed)
    assert (Channel.EMAIL in sent) == mailed


@given(PREFERENCES, st.sampled_from(Template), st.datetimes(timezones=st.just(UTC)), REACH)
def test_each_channel_has_one_decision_and_none_is_used_without_an_address(
    preferences: Preferences, occasion: Template, now: datetime, reach: Reach
) -> None:
    made = preferences.decide(occasion, reach, now)
    chosen = preferences.channels(TOPICS[occasion])
    assert [decision.channel for decision in made] == [
        channel for channel in Channel if channel in reach.offered or channel in chosen
    ]
    for decision in made:
        assert (decision.outcome is Outcome.DEFERRED) == (decision.not_before is not None)
        assert (decision.reason is Reason.NOT_OFFERED) == (decision.channel not in reach.offered)
        if decision.channel not in reach.offered:
            continue
        unfit = decision.channel is Channel.LETTER and occasion not in POSTABLE
        assert (decision.reason is Reason.NOT_BY_LETTER) == unfit
        if unfit:
            continue
        somewhere = bool(reach.browsers) if decision.channel is Channel.PUSH else decision.channel in reach.addresses
        assert (decision.reason is Reason.NO_ADDRESS) == (not somewhere)
        by_law = decision.channel is Channel.EMAIL and occasion in LEGAL
        gone = somewhere and decision.channel in reach.unreachable and not by_law
        assert (decision.reason is Reason.ADDRESS_UNREACHABLE) == gone


@pytest.mark.parametrize(
    "given_twice",
    [[(Topic.REQUESTS, ()), (Topic.REQUESTS, (Channel.EMAIL,))], [(Topic.REQUESTS, (Channel.EMAIL, Channel.EMAIL))]],
)
def test_what_is_named_twice_is_refused(given_twice: list[tuple[Topic, tuple[Channel, ...]]]) -> None:
    with pytest.raises(RepeatedChoiceError):
        choices(given_twice)


def test_each_occasion_has_a_topic() -> None:
    assert set(TOPICS) == set(Template)


LAWS = {
    LegalBasis.ACKNOWLEDGEMENT: "112-11",
    LegalBasis.ACKNOWLEDGEMENT_OF_APPEAL: "411-3",
    LegalBasis.NOTICE: "2022/2065, article 16",
    LegalBasis.STATEMENT_OF_REASONS: "2022/2065, article 17",
    LegalBasis.DECISION_ON_COMPLAINT: "2022/2065, article 20",
}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("occasion", Template)
def test_a_mail_says_so_where_the_law_has_it_sent_and_only_there(occasion: Template, language: Language) -> None:
    text, html = Templates().mail(
        occasion, language, subject="S", body="B", link="https://x.example", sender="T", unsubscribe_url=None
    )
    assert LAWS.keys() == set(LegalBasis)
    for basis, law in LAWS.items():
        assert [(law in each) for each in (text, html)] == [LEGAL.get(occasion) is basis] * 2


def test_each_reason_is_explained_in_both_languages() -> None:
    assert set(WORDS) == set(Reason)
    assert all(text.in_language("fr") != text.in_language("en") for text in WORDS.values())


@pytest.mark.parametrize(
    ("channel", "reason"), [(Channel.VOICE, Reason.NOT_CHOSEN), (Channel.CHAT, Reason.LEGAL_NOTICE)]
)
def test_neither_a_call_nor_a_room_keeps_a_letter_back(channel: Channel, reason: Reason) -> None:
    reach = Reach({channel: "somewhere", Channel.LETTER: "1 rue Haute"}, offered=tuple(Channel))
    made = Preferences().decide(Template.REQUEST_SUBMITTED, reach, datetime(2026, 11, 27, 12, tzinfo=UTC))
    reasons = {each.channel: each.reason for each in made}
    assert (reasons[Channel.LETTER], reasons[channel]) == (Reason.LEGAL_NOTICE, reason)
