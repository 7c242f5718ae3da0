# SPDX-License-Identifier: EUPL-1.2
"""Markdown as plain text, for whoever reads or hears no HTML."""

from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it.token import Token

_BREAKS: Final = {"softbreak", "hardbreak"}
_BULLET: Final = -1


def plain_blocks(tokens: Sequence[Token], *, links: bool) -> str:
    """The blocks, with an empty line between them; with ``links`` each link is followed by its address."""
    lines: list[str] = []
    numbers: list[int] = []
    mark, tight = "", False
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                numbers.append(_BULLET)
            case "ordered_list_open":
                numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                lines.append("")
            case "list_item_open":
                mark = _mark(numbers)
            case "paragraph_open":
                tight = token.hidden
            case "inline":
                lines.append(mark + "".join(_inline(token.children or [], links=links)))
                lines += [] if tight else [""]
                mark, tight = "", False
            case "fence" | "code_block":
                lines += [mark + token.content.rstrip("\n"), ""]
                mark = ""
    return "\n".join(lines).strip()


def _mark(numbers: list[int]) -> str:
    indent, number = "  " * (len(numbers) - 1), numbers[-1]
    if number == _BULLET:
        return f"{indent}- "
    numbers[-1] += 1
    return f"{indent}{number}. "


def _inline(tokens: Sequence[Token], *, links: bool) -> Iterator[str]:
    label, address = "", ""
    for token in tokens:
        said = token.content if token.type in {"text", "code_inline", "image"} else ""
        if token.type in _BREAKS:
            said = "\n"
        elif token.type == "link_open":
            label, address = "", str(token.attrGet("href") or "")
        elif token.type == "link_close" and links and address != label:
            said = f" ({address})"
        label += said
        yield said
