# SPDX-License-Identifier: EUPL-1.2
"""The call of a message to one person: who calls, and what its template, or its plain text, has it say."""

from typing import Final

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.locale import Language, Text
from parvis_notifications.db.deliveries import ClaimedDelivery
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.voice import SPOKEN_AS, Speech, sayable, shortened
from parvis_notifications.service.templates import Words
from parvis_notifications.settings import Settings

_OPENING: Final = Text(fr="Bonjour. Ici {sender}.", en="Hello. This is {sender}.")
_REST: Final = Text(
    fr="Vous trouverez la suite dans votre boîte de réception, en ligne.",
    en="You will find the rest in your inbox, online.",
)
_GREETINGS: Final = ("Bonjour, ", "Bonjour. ", "Hello, ", "Hello. ")


def said_of(words: Words) -> str:
    """What a call says of a message: its own words for calls, or its subject and its text, greeting left out."""
    if words.voice is not None:
        return words.voice
    body = sayable(words.body)
    for greeting in _GREETINGS:
        body = body.removeprefix(greeting)
    return f"{sayable(words.subject)} {body}"


def written_speech(delivery: ClaimedDelivery, key: PersonKey, settings: Settings) -> Speech:
    """All that the call says; what would take too long is in the inbox, and the call says so."""
    sealed = delivery.voice
    said = key.open("message.voice", sealed) if sealed else sayable(key.open("message.subject", delivery.subject))
    base = delivery.language.partition("-")[0]
    language: Language = "en" if base == "en" else "fr"
    kept = shortened(said)
    cut = len(kept) < len(said.strip()) and delivery.template != APPLICATION_MESSAGE
    opening = _OPENING.in_language(language).format(sender=settings.sender_name(delivery.collectivity))
    parts = (opening, kept, _REST.in_language(language) if cut else "")
    return Speech(base if base in SPOKEN_AS else "fr", " ".join(filter(None, parts)), "")
