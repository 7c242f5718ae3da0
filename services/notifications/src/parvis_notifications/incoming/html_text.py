# SPDX-License-Identifier: EUPL-1.2
"""The words of an HTML mail, for mails that have no plain text: nothing of it is ever shown as HTML."""

from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BLOCKS: Final = frozenset({"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr", "pre"})
_QUOTE: Final = "blockquote"
# Where Gmail, Yahoo, Outlook and Proton put what they quote.
_QUOTED_CLASSES: Final = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "gmail_signature")
_QUOTED_IDS: Final = ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container")
_VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "area", "base", "wbr", "source", "embed"})
_DEEPEST: Final = 200


def text_of_html(html: str) -> str:
    """Its text, a line for each block, without what is marked as quoted if there is more; whatever state it is in."""
    return _read(html, quoted=False) or _read(html, quoted=True)


def _read(html: str, *, quoted: bool) -> str:
    reader = _Reader(quoted=quoted)
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.words)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


class _Reader(HTMLParser):
    def __init__(self, *, quoted: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._quoted = quoted
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.words.append("\n")
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
        hides = tag in _SILENT or (not self._quoted and (tag == _QUOTE or _quotes(dict(attributes))))
        self._hidden += hides
        self._open.append((tag, hides))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.words.append("\n")
        if not any(name == tag for name, _ in self._open):
            return
        while self._open:
            name, hid = self._open.pop()
            self._hidden -= hid
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data.replace("\n", " "))


def _quotes(attributes: dict[str, str | None]) -> bool:
    classes, id_ = (attributes.get("class") or "").lower(), (attributes.get("id") or "").lower()
    return any(name in classes for name in _QUOTED_CLASSES) or any(id_.endswith(name) for name in _QUOTED_IDS)
