# SPDX-License-Identifier: EUPL-1.2
import pytest

from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.text_reply import TextReply, text_reply


@pytest.mark.parametrize("text", ["1", " 1. ", "Sauf", "En sécurité !", "je suis en securite", "SAFE"])
def test_who_is_safe_says_so_in_a_word(text: str) -> None:
    assert text_reply(text) == TextReply(Reply.SAFE, whole=True)


@pytest.mark.parametrize("text", ["2", "« Aide »", "À l'aide !", "J'ai besoin d'aide", "sos", "Help me"])
def test_who_needs_help_says_so_in_a_word(text: str) -> None:
    assert text_reply(text) == TextReply(Reply.HELP, whole=True)


@pytest.mark.parametrize("text", ["2 ma mère est au deuxième étage", "AIDE svp", "J’ai besoin d’aide, vite"])
def test_what_follows_a_call_for_help_is_for_people_to_read(text: str) -> None:
    assert text_reply(text) == TextReply(Reply.HELP, whole=False)


@pytest.mark.parametrize("text", ["ok", "Bien reçu.", "Merci !"])
def test_who_heard_of_it_says_neither(text: str) -> None:
    assert text_reply(text) == TextReply(None, whole=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "12",
        "1 mais mon voisin non",
        "Je suis en sécurité mais l'eau monte",
        "Le lampadaire est éteint",
        "21",
        "OK mais",
    ],
)
def test_what_says_more_or_something_else_is_no_answer(text: str) -> None:
    assert text_reply(text) is None
