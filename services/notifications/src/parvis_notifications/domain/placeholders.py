# SPDX-License-Identifier: EUPL-1.2
"""The language of templates: ``((name))`` and ``((name??text))``, and nothing else.

It is that of GOV.UK Notify, so that its clients and its writers find theirs. It has no expression, no loop and no call:
filling it in takes one pass, and its result is as long as its text and its values (docs/decisions/0047).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

# A name has neither brackets nor a question mark; the text of a condition ends at the next two brackets. None opens
# within it: each sign is then looked at by one attempt, however many begin.
_PLACE: Final = re.compile(r"\(\(([^()?\n]{1,80})(?:\?\?((?:(?!\)\)|\(\().){0,2000}))?\)\)", re.DOTALL)
_INSIGNIFICANT: Final = str.maketrans("", "", " _-\u00a0")
YES: Final = frozenset({"yes", "y", "true", "t", "1", "include", "show", "oui", "o", "vrai"})
"""What says yes to a condition, in any case: the words of GOV.UK Notify, and the French ones."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place for a value; with ``text`` a condition: that text where the value says yes, nothing otherwise."""

    name: str
    text: str | None = None

    @property
    def key(self) -> str:
        """The name as it is compared: without case, spaces, hyphens and underscores."""
        return key_of(self.name)


@dataclass(frozen=True, slots=True)
class Filling:
    """What a variable stands for: its text, its items where it is a list, and whether a condition on it holds.

    ``language`` is that of its words (BCP 47), where it is known to be another than that of the message.
    """

    text: str
    shown: bool
    items: Sequence[str] | None = None
    language: str | None = None


def key_of(name: str) -> str:
    """A name as names are compared."""
    return name.casefold().translate(_INSIGNIFICANT)


def parts(source: str) -> Iterator[str | Placeholder]:
    """The text and the placeholders of a source, in their order."""
    end = 0
    for found in _PLACE.finditer(source):
        if found.start() > end:
            yield source[end : found.start()]
        yield Placeholder(found[1].strip(), found[2])
        end = found.end()
    if end < len(source):
        yield source[end:]


def placeholders(source: str) -> list[Placeholder]:
    """The placeholders of a source, in their order."""
    return [part for part in parts(source) if isinstance(part, Placeholder)]


def malformed(source: str) -> bool:
    """Whether two brackets open that are no placeholder: what was meant as one would be sent to people as it stands."""
    return any("((" in part for part in parts(source) if isinstance(part, str))


def filled(placeholder: Placeholder, fillings: Mapping[str, Filling]) -> Filling:
    """What stands in its place; nothing where the variable has no value."""
    filling = fillings.get(placeholder.key, Filling("", shown=False))
    if placeholder.text is None:
        return filling
    return Filling(placeholder.text if filling.shown else "", shown=filling.shown)


def fill(
    source: str, fillings: Mapping[str, Filling], say: Callable[[Filling], str] = lambda filling: filling.text
) -> str:
    """The source with what its placeholders stand for, each put into words by ``say``."""
    return "".join(part if isinstance(part, str) else say(filled(part, fillings)) for part in parts(source))
