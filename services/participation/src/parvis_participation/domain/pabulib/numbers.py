# SPDX-License-Identifier: EUPL-1.2
"""Numbers as ``.pb`` files write them."""

import re
from fractions import Fraction
from typing import Final

_WHOLE: Final = re.compile(r"[0-9]{1,12}")
_AMOUNT: Final = re.compile(r"[0-9]{1,15}([.,][0-9]{1,6})?")


def whole(text: str) -> int:
    """A number without sign or decimals; raises ValueError."""
    if _WHOLE.fullmatch(text.strip()) is None:
        raise ValueError(text)
    return int(text)


def amount(text: str) -> Fraction:
    """An amount of money, exactly; raises ValueError."""
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError(text)
    return Fraction(text.replace(",", "."))


def written(money: Fraction) -> str:
    """The amount as a decimal number without useless zeros; exact for what ``amount`` has read."""
    units, rest = divmod(money, 1)
    decimals = f"{round(rest * 1_000_000):06d}".rstrip("0")
    return f"{units}.{decimals}" if decimals else str(units)
