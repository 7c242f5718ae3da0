# SPDX-License-Identifier: EUPL-1.2
"""What a call says of an alert: who calls, whether it is an exercise, where, what, and what to do; then the keys."""

from collections.abc import Mapping
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_notifications.domain.voice import Speech, shortened

_OPENING: Final = Text(fr="Alerte. Ici {sender}.", en="Alert. This is {sender}.")
_EXERCISE: Final = Text(
    fr="Ceci est un exercice\u00a0: il n’y a pas de danger.", en="This is an exercise: there is no danger."
)
_KEYS: Final = Text(
    fr="Si vous êtes en sécurité, appuyez sur 1. Si vous avez besoin d’aide, appuyez sur 2."
    " Pour confirmer que vous avez entendu ce message, appuyez sur une autre touche.",
    en="If you are safe, press 1. If you need help, press 2."
    " To confirm that you heard this message, press another key.",
)
_SAFE: Final = Text(fr="Merci. Nous notons que vous êtes en sécurité.", en="Thank you. We note that you are safe.")
_HELP: Final = Text(
    fr="Nous transmettons votre demande d’aide. En cas de danger immédiat, appelez le 112.",
    en="We pass on that you need help. In immediate danger, call 112.",
)
_HEARD: Final = Text(fr="Merci, c’est noté.", en="Thank you, that is noted.")
_CHOICE: Final = Text(
    fr="Si vous êtes en sécurité, appuyez sur 1. Si vous avez besoin d’aide, appuyez sur 2.",
    en="If you are safe, press 1. If you need help, press 2.",
)
ANSWERED: Final = {"safe": _SAFE, "help": _HELP}


def alert_speech(
    language: Language, words: Mapping[str, str], sender: str, area_label: str, *, exercise: bool
) -> Speech:
    """In that language, of which ``words`` are: its own words for calls, or its subject, text and instruction."""
    members = (
        (words["voice"],) if words.get("voice") else (words["subject"], words["body"], words.get("instruction", ""))
    )
    said = [
        _OPENING.in_language(language).format(sender=sender),
        _EXERCISE.in_language(language) if exercise else "",
        *map(_sentence, (area_label, *members)),
    ]
    text = " ".join(filter(None, said))
    return Speech(language, shortened(text), _KEYS.in_language(language))


def _sentence(words: str) -> str:
    """So that the voice makes a pause after it."""
    told = words.strip()
    return told if not told or told.endswith((".", "!", "?", "…")) else f"{told}."


def heard(language: Language, answer: str | None) -> Speech:
    """What follows on a key: that the answer is kept, or that they heard it and may still answer."""
    said = ANSWERED.get(answer or "", _HEARD)
    return Speech(language, said.in_language(language), _CHOICE.in_language(language))
