# SPDX-License-Identifier: EUPL-1.2
"""What of a text message is a STOP, and what takes one back."""

import pytest

from parvis_notifications.domain.inbound import says_start, says_stop


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "Stop.", " stop ", "STOP !", "Arrêt", "ARRET", "stop svp", "Stop, s'il vous plaît", "STOP 36105",
        "stop merci", "Arrêtez les SMS svp", "stop aux sms", "STOP STOP STOP", "Désabonnement",
        "désinscrivez-moi",
        "plus de SMS merci", "stop please", "Unsubscribe", "opt out", "Stop texting me, thanks",
    ],
)  # fmt: skip
def test_who_says_stop_is_understood_however_they_write_it(text: str) -> None:
    assert says_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "ne m'arrêtez pas", "Ne vous arrêtez pas", "Stop à la pollution rue du Bac", "annuler", "Cancel", "", "svp",
        "merci",        "STOP ou encore ?", "Le bus 36 ne s'arrête plus, stop", "Don't stop",
    ],
)  # fmt: skip
def test_who_says_more_or_something_else_is_read(text: str) -> None:
    assert not says_stop(text)


@pytest.mark.parametrize(
    ("text", "meant"), [("Start", True), ("REPRENDRE svp", True), ("Ça reprend", False), ("OK", False)]
)
def test_who_wants_them_again_says_so(text: str, meant: bool) -> None:
    assert says_start(text) is meant
