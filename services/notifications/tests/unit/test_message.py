# SPDX-License-Identifier: EUPL-1.2
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_kit.locale import Language
from parvis_notifications.domain.message import Template, reading_time
from parvis_notifications.domain.topic import ASKED_FOR, OWN_ENTRY, TOPICS, Topic
from parvis_notifications.service.templates import Templates, spoken_time

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


@pytest.mark.parametrize("follows", ["yes", ""])
@pytest.mark.parametrize("occasion", Template)
def test_each_occasion_has_words_in_both_languages(occasion: Template, follows: str) -> None:
    languages: tuple[Language, ...] = ("fr", "en")
    of_requests = ("reply", "day", "asked", "status", "remedies", "received", "service", "statements")
    known = (
        *of_requests,
        "time",
        "place",
        "instructions",
        "changes",
        "reason",
        "until",
        "kind",
        "code",
        "number",
        "lines",
        "rest",
    )
    values = {"reference": "R-2026-7KQ4-XM9", "follows": follows, **dict.fromkeys(known, "Bonjour.")}
    words = [TEMPLATES.words(occasion, each, **values) for each in languages]
    # What waits for its confirmation has no reference yet; appointments, comments, own entries none; many requests many
    unnamed = ASKED_FOR | OWN_ENTRY | {Template.AGENT_WORK_DUE, Template.AGENT_WORK_NEWS}
    referred = occasion not in unnamed and TOPICS[occasion] in {Topic.REQUESTS, Topic.WORK}
    assert all(("R-2026-7KQ4-XM9" in each.subject) is referred and each.body for each in words)
    assert words[0] != words[1]
    # French puts a no-break space before these: no line of a mail begins with them.
    assert re.findall(r"\S [?!;:»]|« ", f"{words[0].subject}\n{words[0].body}") == []


@pytest.mark.parametrize(
    ("at", "clock", "language", "said"),
    [
        ("2026-12-08T08:30:00Z", "Europe/Paris", "fr", "mardi 8 décembre 2026 à 9 h 30"),
        ("2027-06-30T22:00:00Z", "Europe/Paris", "fr", "jeudi 1er juillet 2027 à 0 h"),
        ("2026-12-08T08:30:00Z", "Europe/Paris", "en", "Tuesday 8 December 2026 at 9:30"),
        ("2026-12-08T08:30:00Z", "Indian/Reunion", "fr", "mardi 8 décembre 2026 à 12 h 30"),
        ("2027-06-30T20:00:00Z", "Indian/Reunion", "fr", "jeudi 1er juillet 2027 à 0 h"),
        ("2027-07-01T03:00:00Z", "America/Martinique", "fr", "mercredi 30 juin 2027 à 23 h"),
        ("2026-12-08T13:30:00Z", "America/Martinique", "en", "Tuesday 8 December 2026 at 9:30"),
        # Where the clocks of Paris go forward, those of others go on.
        ("2027-03-28T00:59:00Z", "Indian/Reunion", "fr", "dimanche 28 mars 2027 à 4 h 59"),
        ("2027-03-28T01:00:00Z", "Indian/Reunion", "fr", "dimanche 28 mars 2027 à 5 h"),
    ],
)
def test_a_time_is_that_of_the_town_s_clocks(at: str, clock: str, language: Language, said: str) -> None:
    spoken = spoken_time(datetime.fromisoformat(at), language, ZoneInfo(clock))
    assert spoken.replace("\N{NO-BREAK SPACE}", " ").replace("Tuesday,", "Tuesday") == said


def test_what_has_nothing_to_say_leaves_no_gap() -> None:
    values = {"reference": "R-1", "asked": "Crèche", "received": "2 mai 2026", "service": "Accueil", "statements": ""}
    words = TEMPLATES.words("request-submitted", "fr", **values)
    assert "Accueil\n\nNous vous écrirons" in words.body
