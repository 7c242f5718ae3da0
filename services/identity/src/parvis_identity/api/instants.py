# SPDX-License-Identifier: EUPL-1.2
"""Instants as people read them: in their language, by the clocks of the collectivity."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from parvis_identity.domain.collectivity import TimeZone
from parvis_kit.locale import Language

_MONTHS: Final[dict[Language, list[str]]] = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_NO_BREAK: Final = "\u00a0"


def shown(at: datetime, language: Language, zone: TimeZone, *, day_only: bool = False) -> Markup:
    """The instant as HTML: words for people, RFC 3339 for machines."""
    machine = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return Markup('<time datetime="{}">{}</time>').format(machine, _words(at, language, zone, day_only=day_only))


def _words(at: datetime, language: Language, zone: TimeZone, *, day_only: bool) -> str:
    here = at.astimezone(ZoneInfo(zone.value))
    first = language == "fr" and here.day == 1
    day = f"{here.day}{'er' if first else ''}{_NO_BREAK}{_MONTHS[language][here.month - 1]} {here.year}"
    if day_only:
        return day
    if language == "fr":
        return f"{day} à {here.hour}{_NO_BREAK}h{_NO_BREAK}{here.minute:02}"
    return f"{day} at {here.hour:02}:{here.minute:02}"
