# SPDX-License-Identifier: EUPL-1.2
"""The words of the page that says what was sent to a subscriber, and why."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from parvis_kit.locale import Language, Text
from parvis_notifications.api.broadcast_explanations import PART_WORDS, WHOLE_WORDS
from parvis_notifications.api.choice_page import Page, Section
from parvis_notifications.domain.broadcast import EXERCISE
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.explain_broadcast import Explained, ExplainedPart
from parvis_notifications.service.subscription_links import HISTORY_PATH, SUBSCRIPTION_PATH
from parvis_notifications.service.templates import spoken_time

_TITLE: Final = Text(fr="Ce qui vous a été envoyé, et pourquoi", en="What was sent to you, and why")
_LEAD: Final = Text(
    fr="Les dernières actualités et alertes de la collectivité\N{NO-BREAK SPACE}: si elles vous étaient destinées, et"
    " pourquoi.",
    en="The last news and alerts of the town: whether they were for you, and why.",
)
_NOTHING: Final = Text(
    fr="La collectivité n’a rien envoyé ces trois derniers mois.",
    en="The town has sent nothing in the last three months.",
)
_ASK: Final = Text(fr="Ce qui vous a été envoyé, et pourquoi", en="What was sent to you, and why")
_BACK: Final = Text(fr="Vos abonnements", en="Your subscriptions")
_OFTEN: Final = Text(
    fr="Vous avez ouvert cette page trop souvent\N{NO-BREAK SPACE}: revenez dans quelques minutes.",
    en="You have opened this page too often: come back in a few minutes.",
)
_CHANNELS: Final = {
    Channel.EMAIL: Text(fr="Courriel", en="Mail"),
    Channel.SMS: Text(fr="SMS", en="Text message"),
    Channel.PUSH: Text(fr="Notification de navigateur", en="Notification in a browser"),
    Channel.VOICE: Text(fr="Appel", en="Call"),
    Channel.LETTER: Text(fr="Lettre", en="Letter"),
    Channel.CHAT: Text(fr="Messagerie", en="Messenger"),
}
_SENT: Final = Text(fr="{channel}, envoi du {at}\N{NO-BREAK SPACE}: {why}", en="{channel}, sent on {at}: {why}")
_NEXT: Final = Text(fr="{channel}, prévu le {at}\N{NO-BREAK SPACE}: {why}", en="{channel}, due on {at}: {why}")
_ELSE: Final = Text(fr="{channel}\N{NO-BREAK SPACE}: {why}", en="{channel}: {why}")


def history_link(token: str, language: Language) -> tuple[str, str]:
    """The words and the address of the link to it."""
    return _ASK.in_language(language), f"{HISTORY_PATH}?{urlencode({'token': token})}"


def history_page(told: Sequence[Explained], token: str, town: str, language: Language, clock: ZoneInfo) -> Page:
    """What was sent, the latest first, by the town's clocks."""
    return Page(
        title=_TITLE.in_language(language),
        lead=(_LEAD if told else _NOTHING).in_language(language),
        town=town,
        sections=[_section(each, language, clock) for each in told],
        further=_back(token, language),
    )


def often_page(token: str, town: str, language: Language) -> Page:
    """They are to come back later."""
    lead = _OFTEN.in_language(language)
    return Page(_TITLE.in_language(language), lead, town, status=429, further=_back(token, language))


def _back(token: str, language: Language) -> tuple[str, str]:
    return _BACK.in_language(language), f"{SUBSCRIPTION_PATH}?{urlencode({'token': token})}"


def _section(told: Explained, language: Language, clock: ZoneInfo) -> Section:
    row = told.broadcast
    words = row.texts.get(language) or next(iter(row.texts.values()))
    mark = EXERCISE[language] if row.exercise else ""
    title = f"{mark}{words['subject']} – {spoken_time(row.frozen_at or row.publish_at, language, clock)}"
    return Section(
        title, [WHOLE_WORDS[told.reason].in_language(language), *(_line(each, language, clock) for each in told.parts)]
    )


def _line(part: ExplainedPart, language: Language, clock: ZoneInfo) -> str:
    at = part.row.sent_at or part.next_at
    said = _SENT if part.row.sent_at else _NEXT if part.next_at else _ELSE
    return said.in_language(language).format(
        channel=_CHANNELS[Channel(part.row.channel)].in_language(language),
        at=spoken_time(at, language, clock) if at else "",
        why=PART_WORDS[part.reason].in_language(language),
    )
