# SPDX-License-Identifier: EUPL-1.2
"""The call of a message to one person: who calls and what about, and after a key what its template has it say.

Whoever picks up, or an answering machine, hears no more than a locked telephone shows of a text message
(docs/decisions/0077-calls-to-one-person-rest-at-night.md).
"""

from typing import Final

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db.deliveries import ClaimedDelivery
from parvis_notifications.db.person_calls import CalledPerson
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.sending import APPLICATION_MESSAGE
from parvis_notifications.domain.voice import Speech, sayable, seconds, shortened, spoken
from parvis_notifications.service.call_sentences import SENTENCES, voice_of
from parvis_notifications.service.sealed_spares import spare_words
from parvis_notifications.service.templates import Words
from parvis_notifications.settings import Settings

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
    language = voice_of(delivery.language)
    sentences, said = SENTENCES[language], _said(delivery, key)
    opening = sentences.opening.format(sender=settings.sender_name(delivery.collectivity))
    if delivery.template in UNSTOPPED:
        rest = delivery.template != APPLICATION_MESSAGE
        text, keys, more = _shortened(said, language, rest=rest), [sentences.heard], 0
    else:
        about = sayable(_about(delivery, key))
        text = f"{shortened(about)} {sentences.there}"
        told = _told(delivery.language, said)
        keys, more = [sentences.listen, sentences.no_more], 2 * (seconds(told.text) + seconds(told.keys))
    return Speech(language, f"{opening} {text}", " ".join(keys), more)


def _about(delivery: ClaimedDelivery, key: PersonKey) -> str:
    """The subject, in a language of which there is a voice."""
    if not spoken(delivery.language) and (spare := spare_words(delivery.spare, key)):
        return str(spare["subject"])
    return key.open("message.subject", delivery.subject)


def told_speech(called: CalledPerson, key: PersonKey) -> Speech:
    """The message, once whoever was called wants to hear it."""
    return _told(called.language, _said(called, key))


def _told(tag: str, said: str) -> Speech:
    language = voice_of(tag)
    keys = (SENTENCES[language].again, SENTENCES[language].no_more)
    return Speech(language, _shortened(said, language, rest=True), " ".join(keys))


def _said(of: ClaimedDelivery | CalledPerson, key: PersonKey) -> str:
    return key.open("message.voice", of.voice) if of.voice else sayable(key.open("message.subject", of.subject))


def _shortened(said: str, language: str, *, rest: bool) -> str:
    """What would take too long is in the inbox, and ``rest`` says so."""
    kept = shortened(said)
    cut = rest and len(kept) < len(said.strip())
    return f"{kept} {SENTENCES[language].rest}" if cut else kept


def after_key(called: CalledPerson, key: str) -> Speech:
    """What follows on a key."""
    language = voice_of(called.language)
    sentences = SENTENCES[language]
    said = sentences.there if _listens(called, key) else sentences.thanks
    return Speech(language, sentences.stopped if stops(called, key) else said, "")


def tells(called: CalledPerson, key: str) -> bool:
    """Whether that key has the message said; else it is in the inbox alone."""
    return called.tellable and _listens(called, key)


def _listens(called: CalledPerson, key: str) -> bool:
    """Whether that key asks for the message; an application's was said at once."""
    return key == LISTEN_KEY and called.template not in UNSTOPPED


def stops(called: CalledPerson, key: str) -> bool:
    """Whether that key ends the calls of messages to them; an application's are not theirs to choose."""
    return key == STOP_KEY and called.template not in UNSTOPPED
