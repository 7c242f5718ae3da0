# SPDX-License-Identifier: EUPL-1.2
"""What a broadcast says: rendered once for each language, then the same bytes to all but for their own links."""

import json
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_notifications.db.broadcast_deliveries import OpenBroadcast
from parvis_notifications.domain.broadcast import EXERCISE, Lane
from parvis_notifications.domain.languages import nearest
from parvis_notifications.domain.sms import sms_text
from parvis_notifications.domain.voice import Speech
from parvis_notifications.outgoing.bulk_mail import PERSONAL, UNSUBSCRIBE, BulkMail, bulk_mail
from parvis_notifications.service.alert_speech import alert_speech
from parvis_notifications.settings import Settings

_ANSWER: Final = Text(
    fr="Dites que vous êtes en sécurité, ou demandez de l’aide", en="Say that you are safe, or ask for help"
)
_WHY_ALERT: Final = Text(
    fr="Vous recevez cette alerte parce que vous avez accepté d’être alerté en cas de danger. Elle passe outre vos"
    " heures de repos et vos choix d’information.",
    en="You receive this alert because you agreed to be alerted in case of danger. It overrides your quiet hours and"
    " your choices.",
)
_WHY_NEWS: Final = Text(
    fr="Vous recevez ce message parce que vous vous y êtes abonné.", en="You receive this because you subscribed to it."
)
_BY_TEXT: Final = Text(fr="Répondez 1 : en sécurité, 2 : besoin d'aide", en="Reply 1: safe, 2: need help")
_IN_ROOM: Final = Text(
    fr="Répondez ici 1 si vous êtes en sécurité, 2 si vous avez besoin d’aide\u00a0; ou ouvrez",
    en="Reply here 1 if you are safe, 2 if you need help; or open",
)
_STOP: Final = Text(fr="Ne plus le recevoir", en="Stop it")
_MORE: Final = Text(fr="En savoir plus", en="Read more")


def invitation(language: Language, settings: Settings) -> str:
    """How a text message of an alert says that it can be answered; nothing where it cannot be."""
    return _BY_TEXT.in_language(language) if settings.alert_texts_answerable else ""


def text_message(sender: str, subject: str, invited: str, link: str) -> str:
    """What a broadcast is as a text message: never without how it is answered, nor its link."""
    return sms_text(sender, subject, f"{invited}\n{link}" if invited else link)


def news_link(link: str | None, stop: str) -> str:
    """What a text message of news ends with: where there is more, and where they end.

    Who has no account has no other way to end them. The words are those of GSM-7.
    """
    ends = f"STOP : {stop}"
    return f"{link}\n{ends}" if link else ends


@dataclass(frozen=True)
class Words:
    """A broadcast in one language; ``brief`` is all of it, what to do first, for where the end may be cut off."""

    subject: str
    brief: str
    mail: BulkMail
    sender: str
    language: str
    invited: str = ""

    def text_message(self, link: str) -> str:
        """As a text message, which leads to that link, and says how it is answered where it can be."""
        return text_message(self.sender, self.subject, self.invited, link)

    def alert_in_room(self, answer: str) -> str:
        """As a message in a room: all of it, for it is public, and how it is answered."""
        return f"{self.brief}\n\n{_IN_ROOM.in_language(self._spoken)}{self._colon}\n{answer}"

    def news_in_room(self, link: str | None, stop: str) -> str:
        """The same of news, and where they end."""
        links = [(_MORE, link)] if link else []
        links.append((_STOP, stop))
        return "\n\n".join(
            [self.brief, *(f"{label.in_language(self._spoken)}{self._colon}\n{to}" for label, to in links)]
        )

    @property
    def _colon(self) -> str:
        return "\u00a0:" if self._spoken == "fr" else ":"

    @property
    def _spoken(self) -> Language:
        return "en" if self.language == "en" else "fr"


class BroadcastWords:
    """One broadcast in each language that it has; who speaks another is told in the one that stands in for it."""

    def __init__(self, broadcast: OpenBroadcast, settings: Settings) -> None:
        self._broadcast = broadcast
        self._settings = settings
        self._texts: dict[str, dict[str, str]] = json.loads(broadcast.texts)

    @cached_property
    def _rendered(self) -> dict[str, Words]:
        return {language: self._words("en" if language == "en" else "fr") for language in self._texts}

    def in_language(self, language: str) -> Words:
        """For somebody who speaks that."""
        return self._rendered[self._told_in(language)]

    def _told_in(self, language: str) -> str:
        found = nearest(language, self._texts)
        return found if found in self._texts else next(iter(self._texts))

    def speech(self, language: str) -> Speech:
        """What a call to somebody who speaks that says."""
        own = self._told_in(language)
        spoken: Language = "en" if own == "en" else "fr"
        broadcast, sender = self._broadcast, self._settings.sender_name(self._broadcast.collectivity)
        return alert_speech(spoken, self._texts[own], sender, broadcast.area_label or "", exercise=broadcast.exercise)

    def _words(self, language: Language) -> Words:
        told, broadcast = self._texts[language], self._broadcast
        mark = EXERCISE[language] if broadcast.exercise else ""
        subject, sender = f"{mark}{told['subject']}", self._settings.sender_name(broadcast.collectivity)
        body = f"{mark}{told['body']}" if mark else told["body"]
        body = "\n\n".join([body, *([told["instruction"]] if "instruction" in told else [])])
        if broadcast.area_label:
            body = f"{broadcast.area_label}\n\n{body}"
        alert = broadcast.lane == Lane.ALERT
        links = [(_ANSWER.in_language(language), PERSONAL)] if alert else []
        links += [(_MORE.in_language(language), broadcast.link)] if broadcast.link else []
        why = (_WHY_ALERT if alert else _WHY_NEWS).in_language(language)
        ends = [] if alert else [(_STOP.in_language(language), UNSUBSCRIBE)]
        mail = bulk_mail(
            sender=self._settings.mail_from,
            sender_name=sender,
            subject=subject,
            text=_plain(body, links, [sender, why], ends),
            html=_html(language, subject, body, links, [sender, why], ends),
            language=language,
            date=broadcast.frozen_at,
            boundary=f"=_{broadcast.id.hex}{language}",
        )
        invited = invitation(language, self._settings) if alert else ""
        return Words(subject, _brief(subject, told, broadcast.area_label), mail, sender, language, invited)


def _brief(subject: str, told: dict[str, str], area: str | None) -> str:
    return "\n".join(each for each in (subject, told.get("instruction"), area, told["body"]) if each)


def _plain(body: str, links: list[tuple[str, str]], foot: list[str], ends: list[tuple[str, str]]) -> str:
    lines = [body, *(f"{label} :\n{link}" for label, link in links)]
    return "\n\n".join(lines) + "\n\n-- \n" + "\n".join([*foot, *(f"{label} : {link}" for label, link in ends)]) + "\n"


def _html(
    language: str, subject: str, body: str, links: list[tuple[str, str]], foot: list[str], ends: list[tuple[str, str]]
) -> str:
    paragraphs = "".join(f"<p>{escape(each).replace(chr(10), '<br>')}</p>\n" for each in body.split("\n\n"))
    doors = "".join(f'<p><a href="{escape(link)}">{escape(label)}</a></p>\n' for label, link in links)
    small = "<br>".join([*map(escape, foot), *(f'<a href="{escape(to)}">{escape(label)}</a>' for label, to in ends)])
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(subject)}</title></head>\n'
        '<body style="margin:0;padding:1.5em;font-family:system-ui,Arial,sans-serif;font-size:16px;line-height:1.5">'
        f'<main style="max-width:36em;margin:0 auto"><h1 style="font-size:1.25em">{escape(subject)}</h1>\n'
        f'{paragraphs}{doors}</main><footer style="max-width:36em;margin:2em auto 0;font-size:0.875em"><hr>'
        f"<p>{small}</p></footer></body></html>\n"
    )
