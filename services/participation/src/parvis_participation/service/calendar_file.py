# SPDX-License-Identifier: EUPL-1.2
"""Calendar files (iCalendar, RFC 5545) of what the town invites to; times in UTC, which need no time zone component."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event, vText

# What a text may not hold (RFC 5545 section 3.1), but for the end of a line, which is escaped.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_PRODUCT: Final = "-//Parvis//Parvis participation//FR"


@dataclass(frozen=True, slots=True)
class Gathering:
    """What somebody may put into a calendar; ``version`` counts its changes from 1, ``changed_at`` is the last."""

    id: UUID
    title: str
    description: str
    place: str
    begins_at: datetime
    ends_at: datetime
    cancelled: bool
    version: int
    changed_at: datetime


def calendar_file(title: str, gatherings: Iterable[Gathering]) -> bytes:
    """All of them in one file, which a calendar may also subscribe to."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    # RFC 7986 section 5.1; a text, which the library does not know.
    calendar.add("name", vText(_text(title)))
    for each in gatherings:
        event = Event.new(
            uid=str(each.id),
            stamp=each.changed_at.astimezone(UTC).replace(microsecond=0),
            sequence=each.version - 1,
            start=each.begins_at.astimezone(UTC),
            end=each.ends_at.astimezone(UTC),
            summary=_text(each.title),
            description=_text(each.description),
            location=_text(each.place),
        )
        event.add("status", "CANCELLED" if each.cancelled else "CONFIRMED")
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made


def _text(words: str) -> str:
    """The same without control characters: a lone CR would begin a line of its own in the file."""
    return _CONTROL.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
