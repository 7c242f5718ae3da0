# SPDX-License-Identifier: EUPL-1.2
"""What a post says, and how it is known again in what a server makes of it."""

import pytest

from parvis_local.socialsink.server import html_of
from parvis_notifications.domain.social import PostKind, PostWords, same_words

LINK = "https://ville.example/travaux/rue-de-rivoli/2026/barree-lundi"


@pytest.mark.parametrize("most", [200, 500])
def test_a_long_text_loses_its_end_and_keeps_what_to_do_and_the_link(most: int) -> None:
    words = {"fr": {"subject": "Crue", "body": "é" * 900, "instruction": "Montez à l’étage."}}
    text = PostWords(PostKind.WORDS, words, LINK, "Quais", exercise=False).text("en", most)
    assert len(text) == most
    assert text.startswith("Crue\n\nMontez à l’étage.\n\nQuais\n\néé")
    assert text.endswith(f"…\n\n{LINK}")


@pytest.mark.parametrize(
    "text",
    [
        f"a < b & « c »\nd\n\n{LINK}",
        "x" * 500,
        "https://a.example/?x=1&y=2#z",
        "Rue de l'Église",
        "Merci à @pompiers@social.example.",
    ],
)
def test_a_text_is_known_again_in_what_the_server_makes_of_it(text: str) -> None:
    assert same_words(html_of(text), text)
    assert not same_words(html_of(text + "!"), text)
