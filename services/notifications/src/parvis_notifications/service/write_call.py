# SPDX-License-Identifier: EUPL-1.2
"""The call of a message to one person: who calls, and what its template, or its plain text, has it say."""

from typing import Final

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.locale import Language, Text
from parvis_notifications.db.deliveries import ClaimedDelivery
from parvis_notifications.db.person_calls import CalledPerson
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.voice import SPOKEN_AS, Speech, sayable, shortened
from parvis_notifications.service.templates import Words
from parvis_notifications.settings import Settings

_OPENING: Final = Text(fr="Bonjour. Ici {sender}.", en="Hello. This is {sender}.")
_REST: Final = Text(
    fr="Vous trouverez la suite dans votre boîte de réception, en ligne.",
    en="You will find the rest in your inbox, online.",
)
_HEARD: Final = Text(
    fr="Pour confirmer que vous avez entendu ce message, appuyez sur 1.",
    en="To confirm that you heard this message, press 1.",
)
_NO_MORE: Final = Text(
    fr="Pour ne plus être appelé pour vos messages, appuyez sur 9.", en="To have no more calls for messages, press 9."
)
_THANKS: Final = Text(fr="Merci, c’est noté.", en="Thank you, that is noted.")
_STOPPED: Final = Text(
    fr="C’est noté. Vos messages seront dans votre boîte de réception, en ligne.",
    en="That is noted. Your messages will be in your inbox, online.",
)
STOP_KEY: Final = "9"
UNSTOPPED: Final = frozenset({APPLICATION_MESSAGE, Template.TEMPLATE_TRIED})
"""Of these nobody chose to be called."""
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
    language = _worded(delivery.language)
    kept = shortened(said)
    cut = len(kept) < len(said.strip()) and delivery.template != APPLICATION_MESSAGE
    opening = _OPENING.in_language(language).format(sender=settings.sender_name(delivery.collectivity))
    parts = (opening, kept, _REST.in_language(language) if cut else "")
    keys = [_HEARD] if delivery.template in UNSTOPPED else [_HEARD, _NO_MORE]
    said_keys = " ".join(each.in_language(language) for each in keys)
    return Speech(_voiced(delivery.language), " ".join(filter(None, parts)), said_keys)


def after_key(called: CalledPerson, key: str) -> Speech:
    """What follows on a key."""
    words = _STOPPED if stops(called, key) else _THANKS
    return Speech(_voiced(called.language), words.in_language(_worded(called.language)), "")


def stops(called: CalledPerson, key: str) -> bool:
    """Whether that key ends the calls of messages to them; an application's are not theirs to choose."""
    return key == STOP_KEY and called.template not in UNSTOPPED


def _voiced(language: str) -> str:
    base = language.partition("-")[0]
    return base if base in SPOKEN_AS else "fr"


def _worded(language: str) -> Language:
    return "en" if language.partition("-")[0] == "en" else "fr"
