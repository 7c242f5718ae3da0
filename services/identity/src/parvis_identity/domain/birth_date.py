# SPDX-License-Identifier: EUPL-1.2
"""Birth dates as civil registers have them: the day, or the month too, may be unknown."""

import re
from datetime import date, timedelta
from typing import Final

_FORM: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
PRECISIONS: Final = ("year", "month", "day")


def precision_of(text: str) -> str:
    """``year``, ``month`` or ``day`` for YYYY, YYYY-MM or YYYY-MM-DD; raises ValueError for anything else."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError("not a birth date")
    parts = [int(part) for part in form.groups() if part is not None]
    date(*[*parts, 1, 1][:3])  # raises ValueError for a month 13 or a 30 February
    return PRECISIONS[len(parts) - 1]


def born_by(text: str, day: date) -> bool | None:
    """Whether somebody with that birth date was born on that day or before; None where what is unknown decides."""
    precision_of(text)
    parts = [int(part) for part in text.split("-")]
    first = date(*[*parts, 1, 1][:3])
    match parts:
        case [year]:
            last = date(year, 12, 31)
        case [year, month]:
            last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        case _:
            last = first
    return None if first <= day < last else last <= day
