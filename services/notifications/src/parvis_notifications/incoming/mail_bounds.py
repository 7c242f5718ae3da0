# SPDX-License-Identifier: EUPL-1.2
"""What a mail may hold for it to be parsed: several ways of the standard library through headers are quadratic.

The bounds are checked while the parser goes on from header to header, before it looks into any of them: it reads the
parameters of ``Content-Type`` by itself.
"""

from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from typing import Any, Final

# Parameters: a file name of 255 characters, each six characters long in RFC 2231, in pieces as long as a line.
_LONGEST_STRUCTURED: Final = 4_096
_MOST_PARAMETERS: Final = 64
# All others are cut before anything is read in them; Postfix lets 102,400 through.
_LONGEST_HEADER: Final = 131_072
_MOST_HEADER_CHARACTERS: Final = 524_288
_MOST_LINES: Final = 600_000
# Parts, and what holds parts, of the mail and of all mails attached to it. Each line is held against the boundary of
# all that it is in.
_MOST_MESSAGES: Final = 500
_MOST_MULTIPARTS: Final = 50


class UnreadableMailError(Exception):
    """Made so that reading it would take too long, or fails: it would each time that it came."""


class _Counts:
    """What one mail has had so far."""

    def __init__(self) -> None:
        self._characters = self._messages = self._multiparts = 0

    def header(self, lines: list[str]) -> None:
        """One more header, with all lines that it is folded to; raises UnreadableMailError."""
        length = sum(map(len, lines))
        self._characters += length
        name, _, value = lines[0].partition(":")
        structured = name.lower().startswith("content-")
        if structured:
            self._multiparts += value.lstrip().lower().startswith("multipart/")
        if (
            length > (_LONGEST_STRUCTURED if structured else _LONGEST_HEADER)
            or (structured and sum(line.count(";") for line in lines) > _MOST_PARAMETERS)
            or self._characters > _MOST_HEADER_CHARACTERS
            or self._multiparts > _MOST_MULTIPARTS
        ):
            raise UnreadableMailError

    def message(self, policy: Any = None) -> Message:
        """One more part; raises UnreadableMailError."""
        self._messages += 1
        if self._messages > _MOST_MESSAGES:
            raise UnreadableMailError
        return Message(policy)


class _Bounded(Compat32):
    """The library's parser asks its policy what to make of each header."""

    # Named here for the base class to take it.
    counts: _Counts = _Counts()

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Count it, then what the library makes of it."""
        self.counts.header(sourcelines)
        return super().header_source_parse(sourcelines)


def _bounded() -> _Bounded:
    counts = _Counts()
    return _Bounded(max_line_length=0, message_factory=counts.message, counts=counts)  # type: ignore[call-arg]


def parsed(content: bytes) -> Message:
    """The mail; raises UnreadableMailError where it is beyond a bound, or its parts are too deep in one another."""
    if max(content.count(b"\n"), content.count(b"\r")) > _MOST_LINES:
        raise UnreadableMailError
    try:
        return message_from_bytes(content, policy=_bounded())
    except (RecursionError, LookupError, ValueError) as error:
        raise UnreadableMailError from error
