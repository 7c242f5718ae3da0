# SPDX-License-Identifier: EUPL-1.2
"""The mail of several messages: a line for each, in the language that each has, marked where it is another."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from parvis_notifications.domain.languages import Shipped, right_to_left
from parvis_notifications.service.templates import Templates, Words


@dataclass(frozen=True, slots=True)
class Line:
    """The subject of a message, and its language (BCP 47)."""

    subject: str
    language: str


@dataclass(frozen=True, slots=True)
class DigestWords:
    """``html`` is there where a line is in another language; ``languages`` are all, that of the mail's own first."""

    words: Words
    html: str | None
    languages: tuple[str, ...]


def digest_words(
    templates: Templates,
    language: Shipped,
    lines: Sequence[Line],
    count: int,
    news: Sequence[tuple[str, str | None]] = (),
) -> DigestWords:
    """The words for the first of ``count`` messages, and for news with their links, in the mail's own language."""
    words = templates.digest(language, [each.subject for each in lines], count, news)
    languages = tuple(dict.fromkeys((language, *(each.language for each in lines))))
    html = _html(words.body, language, lines) if len(languages) > 1 else None
    return DigestWords(words, html, languages)


def _html(body: str, language: str, lines: Sequence[Line]) -> str:
    items = "".join(f"<li{_marked(each.language, language)}>{escape(each.subject)}</li>" for each in lines)
    before, _, rest = body.partition("\n\n- ")
    after = rest.partition("\n\n")[2]
    said = [[f"<p>{escape(each.strip())}</p>" for each in part.split("\n\n") if each] for part in (before, after)]
    return "\n".join([*said[0], f"<ul>{items}</ul>", *said[1]])


def _marked(language: str, around: str) -> str:
    if language == around:
        return ""
    return f' lang="{escape(language)}" dir="{"rtl" if right_to_left(language) else "ltr"}"'
