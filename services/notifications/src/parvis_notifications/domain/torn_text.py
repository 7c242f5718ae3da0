# SPDX-License-Identifier: EUPL-1.2
"""A text message that came in several parts."""

from collections.abc import Mapping
from typing import Final, NamedTuple

_GAP: Final = "[\N{HORIZONTAL ELLIPSIS}]"


class Part(NamedTuple):
    """Which of how many, of the text that has that reference; the first is 1."""

    reference: int
    total: int
    number: int


def joined(words: Mapping[int, str], total: int) -> str:
    """The words of the parts one after the other, and a sign where some are missing."""
    said, missing = "", False
    for number in range(1, total + 1):
        part = words.get(number)
        if part is not None:
            said += part
        elif not missing:
            said += f" {_GAP} "
        missing = part is None
    return mended(said.strip() if len(words) < total else said)


def mended(words: str) -> str:
    """A character that two parts share is one again, and half of one a sign that it is missing."""
    return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
