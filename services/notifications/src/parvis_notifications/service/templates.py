# SPDX-License-Identifier: EUPL-1.2
"""The texts of messages: from one source a subject and a plain text, and of these the two forms of a mail."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from parvis_kit.locale import Language
from parvis_notifications.domain.digest import DIGEST, MOST_LINES
from parvis_notifications.domain.languages import right_to_left, shipped
from parvis_notifications.domain.message import Template as Occasion
from parvis_notifications.domain.sending import APPLICATION_MESSAGE

_LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
_FOLDER: Final = Path(__file__).parents[1] / "templates"
_BREAKS: Final = re.compile(r"\n\s*\n")
_PAGE: Final = re.compile(r"https?://\S+")
_MANY_BREAKS: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: as the inbox shows it, and as a mail repeats it; a call where it says something else."""

    subject: str
    body: str
    voice: str | None = None


class Templates:
    """The templates of this service; a name that a template uses and nobody gives is an error, not a gap."""

    def __init__(self) -> None:
        loader = FileSystemLoader(_FOLDER)
        self._plain = SandboxedEnvironment(loader=loader, undefined=StrictUndefined, autoescape=False)
        self._html = SandboxedEnvironment(loader=loader, undefined=StrictUndefined, autoescape=True)

    def words(self, occasion: str, language: Language, **values: str) -> Words:
        """The message of that occasion in that language."""
        source = self._source(occasion, language)
        lines = _block(source, "body", values).splitlines()
        return Words(_block(source, "subject", values), _MANY_BREAKS.sub("\n\n", "\n".join(lines)))

    def sms(self, occasion: str, language: Language, **values: str) -> str:
        """All that the text message of that occasion says after who sends it, where it says something of its own."""
        return _block(self._source(occasion, language), "sms", values)

    def digest(
        self, language: Language, lines: Sequence[str], count: int, news: Sequence[tuple[str, str | None]] = ()
    ) -> Words:
        """A mail of several messages: the lines of the first, how many more there are, and news with their links."""
        source = self._source(DIGEST, language)
        told = news[:MOST_LINES]
        values = {
            "lines": lines,
            "count": count + len(news),
            "rest": count - len(lines),
            "news": told,
            "more_news": len(news) - len(told),
        }
        body = _MANY_BREAKS.sub("\n\n", _block(source, "body", values))
        return Words(_block(source, "subject", values), body)

    def mail(
        self,
        occasion: str,
        language: str,
        *,
        subject: str,
        body: str,
        inner_html: str | None = None,
        link: str,
        sender: str,
        unsubscribe_url: str | None,
        contact: str | None = None,
        answered: bool = False,
    ) -> tuple[str, str]:
        """The plain text and the HTML of a mail with these words, which are in that language (BCP 47).

        ``contact`` is how its reader reaches the town where no link leads them on: a page or words, and empty where
        only its name is known; ``answered`` says that what they answer is read.

        What stands around them is the platform's, in the language of its own that is nearest, and marked as such.
        """
        around = shipped(language)
        source = None if occasion == APPLICATION_MESSAGE else self._source(occasion, around)
        values = {
            "language": language,
            "direction": "rtl" if right_to_left(language) else "ltr",
            "around": around,
            "marked": Markup("" if language == around else f' lang="{around}" dir="ltr"'),  # noqa: S704 - of two
            "subject": subject,
            "body": body,
            "inner_html": inner_html and Markup(inner_html),  # noqa: S704 - cleaned when it was rendered
            "paragraphs": [paragraph.split("\n") for paragraph in _BREAKS.split(body)],
            "link": link,
            "label": _block(source, "link", {}) if source else "",
            "law": _block(source, "law", {}) if source and "law" in source.blocks else "",
            "sender": sender,
            "unsubscribe_url": unsubscribe_url,
            "contact": contact,
            "contact_is_page": bool(_PAGE.fullmatch(contact or "")),
            "answered": answered,
        }
        return (
            self._plain.get_template("mail.txt.jinja").render(values),
            self._html.get_template("mail.html.jinja").render(values),
        )

    def warning(self, sender: str, values: Mapping[Language, Mapping[str, str | None]]) -> tuple[str, str, str]:
        """Subject, plain text and HTML of a mail to a subscription's owner, whose language nobody knows: in each."""
        words = {language: self._warning(language, own) for language, own in values.items()}
        text = "\n\n* * *\n\n".join(each.body for each in words.values())
        html = self._html.get_template("warning.html.jinja").render(words=words, sender=sender)
        return " / ".join(each.subject for each in words.values()), f"{text}\n\n-- \n{sender}\n", html

    def _warning(self, language: Language, values: Mapping[str, str | None]) -> Words:
        source = self._plain.get_template(f"{language}/webhook-warning.jinja")
        body = _MANY_BREAKS.sub("\n\n", _block(source, "body", values))
        return Words(_block(source, "subject", values), body)

    def _source(self, occasion: str, language: Language) -> Template:
        name = DIGEST if occasion == DIGEST else Occasion(occasion)
        return self._plain.get_template(f"{language}/{name}.jinja")


def spoken_day(day: date, language: str, *, length: Literal["long", "full"] = "long") -> str:
    """A day as the language (BCP 47) writes it out, ``full`` with that of the week: « 1er mars 2026 », "1 March 2026".

    One of which no locale is known has it as ISO 8601 does.
    """
    locale = _locale(language)
    if locale is None:
        return day.isoformat()
    words = format_date(day, format=length, locale=locale)
    # The locale data does not know that French counts the first of a month otherwise than the rest.
    return words.replace("1 ", "1er ", 1) if locale.language == "fr" and day.day == 1 else words


def spoken_time(at: datetime, language: str, clock: ZoneInfo) -> str:
    """An instant by these clocks: « mardi 8 décembre 2026 à 9 h 30 », "Tuesday 8 December 2026 at 9:30"."""
    day = spoken_day(at.astimezone(clock).date(), language, length="full")
    between = {"fr": " à ", "en": " at "}.get(language.partition("-")[0], ", ")
    return f"{day}{between}{spoken_clock(at, language, clock)}"


def spoken_clock(at: datetime, language: str, clock: ZoneInfo) -> str:
    """The time of the day alone, by these clocks: « 9 h 30 », "9:30"; as its locale has it in another language."""
    local, base = at.astimezone(clock), language.partition("-")[0]
    if base == "fr":
        return f"{local.hour}\N{NO-BREAK SPACE}h" + (f"\N{NO-BREAK SPACE}{local:%M}" if local.minute else "")
    locale = None if base == "en" else _locale(language)
    return f"{local.hour}:{local:%M}" if locale is None else format_time(local.time(), format="short", locale=locale)


@lru_cache(maxsize=256)
def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(_LOCALES.get(language, language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return None


def _block(source: Template, name: str, values: Mapping[str, Any]) -> str:
    return "".join(source.blocks[name](source.new_context(dict(values)))).strip()
