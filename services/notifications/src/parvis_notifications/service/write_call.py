# SPDX-License-Identifier: EUPL-1.2
"""The call of a message to one person: who calls and what about, and after a key what its template has it say.

Whoever picks up, or an answering machine, hears no more than a locked telephone shows of a text message
(docs/decisions/0077-calls-to-one-person-rest-at-night.md).
"""

from typing import Final

from parvis_kit.crypto.persons import PersonKey
from parvis_kit.locale import Language, Text
from parvis_notifications.db.deliveries import ClaimedDelivery
from parvis_notifications.db.person_calls import CalledPerson
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.voice import SPOKEN_AS, Speech, sayable, seconds, shortened
from parvis_notifications.service.templates import Words
from parvis_notifications.settings import Settings

_OPENING: Final = Text(fr="Bonjour. Ici {sender}.", en="Hello. This is {sender}.")
_THERE: Final = Text(
    fr="Ce message est dans votre boîte de réception, en ligne.", en="This message is in your inbox, online."
)
_REST: Final = Text(
    fr="Vous trouverez la suite dans votre boîte de réception, en ligne.",
    en="You will find the rest in your inbox, online.",
)
_HEARD: Final = Text(
    fr="Pour confirmer que vous avez entendu ce message, appuyez sur 1.",
    en="To confirm that you heard this message, press 1.",
)
_LISTEN: Final = Text(fr="Pour l’écouter maintenant, appuyez sur 1.", en="To listen to it now, press 1.")
_AGAIN: Final = Text(fr="Pour l’écouter encore, appuyez sur 1.", en="To listen to it again, press 1.")
_NO_MORE: Final = Text(
    fr="Pour ne plus être appelé pour vos messages, appuyez sur 9.", en="To have no more calls for messages, press 9."
)
_THANKS: Final = Text(fr="Merci, c’est noté.", en="Thank you, that is noted.")
_STOPPED: Final = Text(
    fr="C’est noté. Vos messages seront dans votre boîte de réception, en ligne.",
    en="That is noted. Your messages will be in your inbox, online.",
)
LISTEN_KEY: Final = "1"
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
    """What the call says by itself: of a person's message what it is about and where it is, its text after a key.

    What an application or a trial has said is said at once: there is no inbox, and its text was written to be heard.
    """
    language = _worded(delivery.language)
    opening = _OPENING.in_language(language).format(sender=settings.sender_name(delivery.collectivity))
    said = _said(delivery, key)
    if delivery.template in UNSTOPPED:
        rest = delivery.template != APPLICATION_MESSAGE
        text, keys, more = _shortened(said, language, rest=rest), [_HEARD], 0
    else:
        about = sayable(key.open("message.subject", delivery.subject))
        text = f"{shortened(about)} {_THERE.in_language(language)}"
        told = _told(delivery.language, said)
        keys, more = [_LISTEN, _NO_MORE], 2 * (seconds(told.text) + seconds(told.keys))
    said_keys = " ".join(each.in_language(language) for each in keys)
    return Speech(_voiced(delivery.language), f"{opening} {text}", said_keys, more)


def told_speech(called: CalledPerson, key: PersonKey) -> Speech:
    """The message, once whoever was called wants to hear it."""
    return _told(called.language, _said(called, key))


def _told(tag: str, said: str) -> Speech:
    language = _worded(tag)
    keys = " ".join(each.in_language(language) for each in (_AGAIN, _NO_MORE))
    return Speech(_voiced(tag), _shortened(said, language, rest=True), keys)


def _said(of: ClaimedDelivery | CalledPerson, key: PersonKey) -> str:
    return key.open("message.voice", of.voice) if of.voice else sayable(key.open("message.subject", of.subject))


def _shortened(said: str, language: Language, *, rest: bool) -> str:
    """What would take too long is in the inbox, and ``rest`` says so."""
    kept = shortened(said)
    cut = rest and len(kept) < len(said.strip())
    return f"{kept} {_REST.in_language(language)}" if cut else kept


def after_key(called: CalledPerson, key: str) -> Speech:
    """What follows on a key."""
    words = _STOPPED if stops(called, key) else _THANKS
    return Speech(_voiced(called.language), words.in_language(_worded(called.language)), "")


def tells(called: CalledPerson, key: str) -> bool:
    """Whether that key has the message said; an application's was said at once."""
    return key == LISTEN_KEY and called.template not in UNSTOPPED


def stops(called: CalledPerson, key: str) -> bool:
    """Whether that key ends the calls of messages to them; an application's are not theirs to choose."""
    return key == STOP_KEY and called.template not in UNSTOPPED


def _voiced(language: str) -> str:
    base = language.partition("-")[0]
    return base if base in SPOKEN_AS else "fr"


def _worded(language: str) -> Language:
    return "en" if language.partition("-")[0] == "en" else "fr"
