# SPDX-License-Identifier: EUPL-1.2
"""Drawing lots so that anybody can do it again.

The tickets are published, with their digest, before anybody knows the seed; the seed comes from where it was said
that it would, such as the numbers of a lottery of a later day. Each ticket's place is that of SHA-256 over the seed, a
line feed and the ticket.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

_DIGITS: Final = {"decimal": "[0-9]", "hexadecimal": "[0-9a-f]"}


@dataclass(frozen=True, slots=True)
class SeedFormat:
    """How a seed is written: so many numbers, each of so many digits, joined by hyphens; ``ascending``: in that order.

    One lottery has one seed then: spelt otherwise, the same numbers would give another order of the tickets.
    """

    notation: Literal["decimal", "hexadecimal"]
    numbers: int
    digits: int
    ascending: bool

    def fits(self, seed: str) -> bool:
        """Whether that is how the seed is written."""
        number = f"{_DIGITS[self.notation]}{{{self.digits}}}"
        if not re.fullmatch(f"{number}(-{number}){{{self.numbers - 1}}}", seed):
            return False
        parts = seed.split("-")
        return not self.ascending or parts == sorted(parts)


@dataclass(frozen=True, slots=True)
class Lots:
    """Who was drawn, and who takes a place that becomes free, first first."""

    drawn: tuple[str, ...]
    substitutes: tuple[str, ...]


def digest_of(tickets: Iterable[str]) -> str:
    """SHA-256, in hexadecimal, over the tickets in ascending order, each followed by a line feed."""
    return sha256("".join(f"{ticket}\n" for ticket in sorted(tickets)).encode()).hexdigest()


def draw(seed: str, tickets: Iterable[str], seats: int, *, gone: Collection[str] = ()) -> Lots:
    """Draw that many; ``gone`` are tickets of people who are volunteers no more, whose places go to the next."""
    order = sorted(tickets, key=lambda ticket: sha256(f"{seed}\n{ticket}".encode()).digest())
    left = tuple(ticket for ticket in order if ticket not in gone)
    return Lots(left[:seats], left[seats:])
