# SPDX-License-Identifier: EUPL-1.2
"""In which language somebody is written to, and what stands in for it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_notifications.domain.languages import (
    SHIPPED,
    candidates,
    nearest,
    printable,
    right_to_left,
    served,
    shipped,
)
from parvis_notifications.domain.voice import SPOKEN_AS
from parvis_notifications.service.call_sentences import SENTENCES, voice_of
from parvis_notifications.service.digest_words import Line, digest_words
from parvis_notifications.service.message_languages import own_name
from parvis_notifications.service.templates import Templates, spoken_time


def test_a_tag_is_looked_up_shorter_and_shorter_and_french_stands_in_for_the_rest() -> None:
    assert candidates("zh-Hant-TW") == ("zh-Hant-TW", "zh-Hant", "zh", "fr")
    assert candidates("fr") == ("fr",)


@pytest.mark.parametrize(
    ("wanted", "available", "found", "same"),
    [
        ("de-AT", {"de-AT", "de", "fr"}, "de-AT", True),
        ("de-AT", {"de", "fr", "en"}, "de", True),
        ("de", {"de-AT", "fr", "en"}, "fr", False),
        ("br", {"en", "de"}, "fr", False),
        ("en-GB", SHIPPED, "en", True),
        ("zh-Hant-TW", {"zh-Hans", "zh-Hant"}, "zh-Hant", True),
    ],
)
def test_the_nearest_is_found_in_one_order(wanted: str, available: set[str], found: str, same: bool) -> None:
    assert (nearest(wanted, available), served(wanted, available)) == (found, same)


@given(st.text())
def test_the_platform_has_words_for_whatever_is_wanted(wanted: str) -> None:
    assert shipped(wanted) in SHIPPED


def test_which_way_a_language_runs_is_its_scripts_affair() -> None:
    assert [right_to_left(each) for each in ("ar", "ar-DZ", "he", "az-Arab", "ckb-Latn", "fr", "ckb")] == (
        [True, True, True, True, False, False, True]
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe, çığ, ½ – « l’œuvre » №1 €", True),
        ("Zażółć gęślą jaźń", True),
        ("Здравствуйте", True),
        ("Καλημέρα", True),
        ("გამარჯობა", True),
        ("مرحبا", False),
        ("שלום", False),
        ("您好", False),
        ("नमस्ते", False),
        ("Straße \u202e1", False),
    ],
)
def test_a_letter_shows_some_scripts(text: str, shown: bool) -> None:
    assert printable(text) is shown


def test_every_voice_has_its_sentences_and_other_languages_are_called_in_french() -> None:
    assert SENTENCES.keys() == SPOKEN_AS.keys()
    assert all("{sender}" in each.opening and "1" in each.heard and "9" in each.no_more for each in SENTENCES.values())
    assert [voice_of(each) for each in ("de-AT", "br", "ar")] == ["de", "fr", "fr"]


def test_times_are_as_the_language_has_them() -> None:
    at, clock = datetime(2026, 12, 8, 8, 30, tzinfo=UTC), ZoneInfo("Europe/Paris")
    assert spoken_time(at, "de", clock) == "Dienstag, 8. Dezember 2026, 09:30"
    assert spoken_time(at, "fr-CA", clock).startswith("mardi 8 décembre 2026 à 9")
    assert spoken_time(at, "qaa", clock) == "2026-12-08, 9:30"


def test_languages_have_the_names_that_their_speakers_give_them() -> None:
    assert [own_name(each) for each in ("de", "br", "ar")] == ["Deutsch", "brezhoneg", "العربية"]
    assert (own_name("qq"), own_name("zh-Hant")) == (None, "中文 (繁體)")


def test_languages_of_overseas_have_names_and_what_is_no_language_has_none() -> None:
    assert own_name("gcf-MQ") == "créole guadeloupéen et martiniquais (MQ)"
    overseas = ("gcf", "gcr", "rcf", "buc", "wls", "fud", "djk", "dhv")
    assert [each for each in overseas if own_name(each) is None] == []
    assert [own_name(each) for each in ("und", "mul", "zxx", "mis", "und-FR")] == [None] * 5


def test_a_digest_marks_the_lines_that_are_in_another_language() -> None:
    lines = [Line("Reçu & lu", "fr"), Line("Ihr Antrag <3>", "de"), Line("طلبك", "ar")]
    made = digest_words(Templates(), "fr", lines, 5)
    assert made.languages == ("fr", "de", "ar")
    assert made.html is not None
    items = [
        "<li>Reçu &amp; lu</li>",
        '<li lang="de" dir="ltr">Ihr Antrag &lt;3&gt;</li>',
        '<li lang="ar" dir="rtl">طلبك</li>',
    ]
    assert f"<ul>{''.join(items)}</ul>" in made.html
    assert made.html.startswith("<p>Bonjour,</p>\n<p>")
    assert "2 autres" in made.html
    assert digest_words(Templates(), "fr", lines[:1], 1).html is None
