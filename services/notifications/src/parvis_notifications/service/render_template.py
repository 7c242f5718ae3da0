# SPDX-License-Identifier: EUPL-1.2
"""From the one source of a template every variant of a message: subject, HTML, plain text, text message, spoken text.

The Markdown is read before any value is put in, so that no value can be markup; what came of both is cleaned as a last
line (docs/decisions/0047).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt

from parvis_notifications.domain.languages import SHIPPED, shipped
from parvis_notifications.domain.message_template import (
    LONGEST_FILLED,
    Content,
    VariableType,
    Wording,
    day_of_value,
    filling,
)
from parvis_notifications.domain.occasions import SAID_BY_OWNERS
from parvis_notifications.domain.placeholders import Filling, Placeholder, fill, filled, key_of, parts
from parvis_notifications.domain.sms import LONGEST_SEGMENTS, Length, length, plainer
from parvis_notifications.domain.topic import Channel
from parvis_notifications.domain.voice import LONGEST_SECONDS, sayable, seconds
from parvis_notifications.service.plain_markdown import plain_blocks
from parvis_notifications.service.templates import spoken_day

# Letters and digits alone: neither Markdown nor an address takes them for anything. No template has it: see _marked.
_MARK: Final = "xqPLACEqx"
_MARKED: Final = re.compile(rf"{_MARK}([0-9]+)x")
# One pass: what a value brings is not looked at again.
_SPOT: Final = re.compile(rf'(?<=href=")[^"]*(?=")|<p>{_MARK}([0-9]+)x</p>|{_MARK}([0-9]+)x')
_EMPTY: Final = re.compile(r"<(p|li)>\s*</\1>\n?")
# Not the no-break spaces, which French has before its signs.
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_MANY_BREAKS: Final = re.compile(r"\n{3,}")
_TAGS: Final = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"} | {
    "hr",
    "code",
    "pre",
    "img",
    "span",
}
_ATTRIBUTES: Final = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}} | {
    tag: {"lang", "dir"} for tag in ("p", "span")
}
_OF_ADDRESSES: Final = ":/?#[]@!$&()*+,;=%-._~"
_SCHEMES: Final = {"https", "http", "mailto", "tel"}
# Its own limit on nesting is 20; raw HTML is text to it.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False, "breaks": True})


class FilledTooLongError(Exception):
    """The values would make a part longer than one may be."""


@dataclass(frozen=True, slots=True)
class Variants:
    """A message in every form; ``html`` is what stands between subject and footer of a mail."""

    subject: str
    html: str
    text: str
    sms: str
    sms_length: Length
    voice: str


def bounded(channel: Channel, variants: Variants) -> None:
    """Nothing for what a channel takes; raises FilledTooLongError."""
    texted = channel is Channel.SMS and variants.sms_length.segments > LONGEST_SEGMENTS
    if texted or (channel is Channel.VOICE and seconds(variants.voice) > LONGEST_SECONDS):
        raise FilledTooLongError


@dataclass(frozen=True, slots=True)
class _Source:
    """A body once read: what its marks stand for, its HTML, and its text with addresses and without."""

    places: Sequence[Placeholder]
    html: str
    text: str
    spoken: str


def render(
    content: Content, wanted: str, values: Mapping[str, str | list[str]], *, law: Mapping[str, str] | None = None
) -> tuple[str, Variants]:
    """The language that was had, and the message in it.

    Args:
        content: a version of a template, without faults.
        wanted: BCP 47; another where the template has none such.
        values: by compared name, each of its variable's type; none is missing.
        law: of the service's own messages, instead of both: texts by compared name. Those that the owners of requests
            and appointments word are in the platform's language that is nearest, and marked as such.

    Raises:
        FilledTooLongError: the values are too long.
    """
    language = content.language_for(wanted)
    if law is not None:
        foreign = None if language in SHIPPED else shipped(language)
        fillings = {
            key_of(name): Filling(text, bool(text.strip()), language=foreign if name in SAID_BY_OWNERS else None)
            for name, text in law.items()
        }
    else:
        given = {each.key: (each, values[each.key]) for each in content.variables if each.key in values}
        fillings = {key: filling(each, value) for key, (each, value) in given.items()}
        for key, (each, value) in given.items():
            if each.type is VariableType.DATE and isinstance(value, str) and (day := day_of_value(value)):
                fillings[key] = Filling(spoken_day(day, language), shown=True)
    return language, _variants(content.texts[language], fillings)


def _variants(wording: Wording, fillings: Mapping[str, Filling]) -> Variants:
    for part in wording.parts().values():
        _bounded(part, fillings)
    source = _read(wording.body)
    text = _filled_text(source.text, source.places, fillings)
    sms = plainer(fill(wording.sms, fillings) if wording.sms is not None else text).strip()
    voice = fill(wording.voice, fillings) if wording.voice is not None else _said(source, fillings)
    return Variants(
        subject=_BLANKS.sub(" ", fill(wording.subject, fillings)).strip(),
        html=_filled_html(source, fillings),
        text=text,
        sms=sms,
        sms_length=length(sms),
        voice=voice.strip(),
    )


def _bounded(source: str, fillings: Mapping[str, Filling]) -> None:
    # A list is written once with its separators: at most twice its length in each place.
    places = [part for part in parts(source) if isinstance(part, Placeholder)]
    size = len(source) + sum(2 * len(filled(each, fillings).text) + 16 for each in places)
    if size > LONGEST_FILLED:
        raise FilledTooLongError


@lru_cache(maxsize=256)
def _read(body: str) -> _Source:
    places: list[Placeholder] = []
    tokens = _MARKDOWN.parse("".join(_marked(part, places) for part in parts(body)))
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return _Source(places, html, plain_blocks(tokens, links=True), plain_blocks(tokens, links=False))


def _marked(part: str | Placeholder, places: list[Placeholder]) -> str:
    if isinstance(part, str):
        return part.replace(_MARK, _MARK.lower())
    places.append(part)
    return f"{_MARK}{len(places) - 1}x"


def unsaid(body: str, names: Iterable[str]) -> list[str]:
    """Those of the variables, by compared name, that a reader of that body does not read without a condition.

    An address, a title or the head of a block of code is written, and shown to nobody.
    """
    source = _read(body)
    places = [source.places[int(number)] for number in _MARKED.findall(source.spoken)]
    said = {place.key for place in places if place.text is None}
    return [name for name in sorted(names) if name not in said]


def _filled_html(source: _Source, fillings: Mapping[str, Filling]) -> str:
    def value(number: str) -> Filling:
        return filled(source.places[int(number)], fillings)

    def spot(found: "re.Match[str]") -> str:
        if found[1]:
            return _block(value(found[1]))
        if found[2]:
            return _within(value(found[2]))
        return _MARKED.sub(lambda mark: escape(quote(value(mark[1]).text, safe=_OF_ADDRESSES)), found[0])

    return nh3.clean(
        _EMPTY.sub("", _SPOT.sub(spot, source.html)), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES
    ).strip()


def _block(value: Filling) -> str:
    """A value that is a paragraph of its own: a list, or the paragraphs that it has itself."""
    if value.items is not None:
        items = "".join(f"<li>{_lines(item)}</li>" for item in value.items)
        return f"<ul>{items}</ul>" if items else ""
    marked = _marked_as(value)
    return "\n".join(f"<p{marked}>{_lines(each)}</p>" for each in re.split(r"\n\s*\n", value.text))


def _within(value: Filling) -> str:
    """A value that stands among other words."""
    marked = _marked_as(value)
    return f"<span{marked}>{_lines(value.text)}</span>" if marked and value.text else _lines(value.text)


def _marked_as(value: Filling) -> str:
    """What tells those who have it read aloud that it is in another language (WCAG 3.1.2)."""
    return f' lang="{value.language}" dir="ltr"' if value.language else ""


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def _filled_text(text: str, places: Sequence[Placeholder], fillings: Mapping[str, Filling]) -> str:
    def one(found: "re.Match[str]") -> str:
        value = filled(places[int(found[1])], fillings)
        alone = text[: found.start()].endswith("\n") or found.start() == 0
        if value.items is not None and alone:
            return "\n".join(f"- {item}" for item in value.items)
        return value.text

    return _MANY_BREAKS.sub("\n\n", _MARKED.sub(one, text)).strip()


def _said(source: _Source, fillings: Mapping[str, Filling]) -> str:
    return sayable(_filled_text(source.spoken, source.places, fillings))


def as_given(values: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """Values by compared name, as senders give them by any."""
    return {key_of(name): value for name, value in values.items()}
