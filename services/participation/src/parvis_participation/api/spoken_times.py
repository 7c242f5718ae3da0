# SPDX-License-Identifier: EUPL-1.2
"""When something takes place, as a page says it: by the clocks of the town, in the language of who reads."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from parvis_kit.locale import Language

_DAYS: Final = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


def spoken_period(begins: datetime, ends: datetime, language: Language, clock: ZoneInfo) -> str:
    """« mardi 8 décembre 2026, de 9 h 30 à 11 h », or both days where it ends on another one."""
    first, last = begins.astimezone(clock), ends.astimezone(clock)
    hours = _clock(first, language), _clock(last, language)
    if first.date() == last.date():
        between = "de {} à {}" if language == "fr" else "{} to {}"
        return f"{spoken_day(first, language)}, {between.format(*hours)}"
    words = "du {} à {} au {} à {}" if language == "fr" else "{} at {} to {} at {}"
    return words.format(spoken_day(first, language), hours[0], spoken_day(last, language), hours[1])


def spoken_moment(at: datetime, language: Language, clock: ZoneInfo) -> str:
    """« mardi 8 décembre 2026, 9 h 30 »."""
    there = at.astimezone(clock)
    return f"{spoken_day(there, language)}, {_clock(there, language)}"


def spoken_day(at: date, language: Language) -> str:
    """« mardi 8 décembre 2026 »."""
    number = "1er" if at.day == 1 and language == "fr" else str(at.day)
    return f"{_DAYS[language][at.weekday()]} {number} {_MONTHS[language][at.month - 1]} {at.year}"


def _clock(at: datetime, language: Language) -> str:
    if language == "fr":
        return f"{at.hour}\N{NO-BREAK SPACE}h" + (f"\N{NO-BREAK SPACE}{at:%M}" if at.minute else "")
    return f"{at.hour}:{at:%M}"
