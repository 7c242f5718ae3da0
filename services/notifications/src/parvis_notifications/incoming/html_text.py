# SPDX-License-Identifier: EUPL-1.2
"""The words of an HTML mail, for mails that have no plain text: nothing of it is ever shown as HTML.

Read by a scan of its own that never goes back: the standard library's parser is quadratic in tags that do not end.
"""

import html as entities
import re
from collections import Counter
from typing import Final

_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript"})
# What is in them is no markup (HTML, section 13.2.5), nor words.
_RAW: Final = frozenset({"script", "style", "title"})
_BLOCKS: Final = frozenset({"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "pre"})
_QUOTE: Final = "blockquote"
# Where Gmail, Yahoo, Outlook and Proton put what they quote.
_QUOTED_CLASSES: Final = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "gmail_signature")
_QUOTED_IDS: Final = ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container")
_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source", "embed"})
_DEEPEST: Final = 200
_TAG: Final = re.compile(r"</?([a-zA-Z][^\s/>]*+)")
_ATTRIBUTE: Final = re.compile(r"[\s/]*+([^\s/>=]*+)(?:\s*+=\s*+)?+")
_UNQUOTED: Final = re.compile(r"[^\s>]*+")
# No character has so many digits, and a number is not read in linear time.
_NO_CHARACTER: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")


def text_of_html(html: str) -> str:
    """Its text, a line for each block, without what is marked as quoted if there is more; whatever state it is in."""
    return _read(html, quoted=False) or _read(html, quoted=True)


def _read(html: str, *, quoted: bool) -> str:
    reader = _Reader(quoted=quoted)
    reader.feed(html)
    lines = ("".join(reader.words)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


class _Reader:
    def __init__(self, *, quoted: bool) -> None:
        self._quoted = quoted
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._names: Counter[str] = Counter()
        self._hidden = 0

    def feed(self, html: str) -> None:
        """Each turn goes on from where the last one ended."""
        lower, position = html.lower(), 0
        if len(lower) != len(html):  # a few letters are longer in lower case
            lower = html
        while position < len(html):
            opening = html.find("<", position)
            self._data(html[position : opening if opening >= 0 else None])
            if opening < 0:
                return
            position = self._markup(html, lower, opening)

    def _markup(self, html: str, lower: str, start: int) -> int:
        """What begins with a ``<``; where it ends."""
        if html.startswith("<!--", start):
            return _after(html, "-->", start + 4)
        if html.startswith(("<!", "<?"), start):
            return _after(html, ">", start)
        found = _TAG.match(html, start)
        if found is None:
            self._data("<")
            return start + 1
        tag = found.group(1).lower()
        attributes, end = _attributes(html, found.end())
        if html.startswith("</", start):
            self._end(tag)
            return end
        self._start(tag, attributes)
        if tag in _RAW:
            closing = lower.find(f"</{tag}", end)
            return len(html) if closing < 0 else closing
        return end

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _BLOCKS:
            self.words.append("\n")
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
        hides = tag in _SILENT or (not self._quoted and (tag == _QUOTE or _quotes(attributes)))
        self._hidden += hides
        self._open.append((tag, hides))
        self._names[tag] += 1

    def _end(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.words.append("\n")
        while self._names[tag]:
            name, hid = self._open.pop()
            self._hidden -= hid
            self._names[name] -= 1
            if name == tag:
                return

    def _data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(entities.unescape(_NO_CHARACTER.sub("", data)).replace("\n", " "))


def _after(html: str, end: str, start: int) -> int:
    found = html.find(end, start)
    return len(html) if found < 0 else found + len(end)


def _attributes(html: str, position: int) -> tuple[dict[str, str], int]:
    """Those of a tag, and where the tag ends: at the end of all where nothing closes it."""
    attributes: dict[str, str] = {}
    while position < len(html) and html[position] != ">":
        found = _ATTRIBUTE.match(html, position)
        begin = position if found is None else found.end()
        name = "" if found is None else found.group(1).lower()
        if begin < len(html) and "=" in html[position:begin]:
            quote = html[begin]
            if quote in "\"'":
                end = html.find(quote, begin + 1)
                value, position = (html[begin + 1 :], len(html)) if end < 0 else (html[begin + 1 : end], end + 1)
            else:
                unquoted = _UNQUOTED.match(html, begin)
                value = unquoted.group() if unquoted else ""
                position = begin + len(value)
            if name in {"class", "id"}:
                attributes.setdefault(name, value)
        else:
            position = max(begin, position + 1)
    return attributes, min(position + 1, len(html))


def _quotes(attributes: dict[str, str]) -> bool:
    classes, id_ = attributes.get("class", "").lower(), attributes.get("id", "").lower()
    return any(name in classes for name in _QUOTED_CLASSES) or any(id_.endswith(name) for name in _QUOTED_IDS)
