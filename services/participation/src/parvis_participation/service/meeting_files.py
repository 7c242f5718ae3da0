# SPDX-License-Identifier: EUPL-1.2
"""Public meetings as a calendar file."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from parvis_kit.locale import Language
from parvis_participation.db.meeting_tables import Meeting
from parvis_participation.domain.meeting import MeetingState
from parvis_participation.service.calendar_file import Gathering, calendar_file

_TITLES: Final[dict[Language, str]] = {"fr": "Réunions publiques", "en": "Public meetings"}


class MeetingFile(StrEnum):
    """The files of meetings."""

    CALENDAR = "calendar.ics"


def meetings_file(rows: Sequence[Meeting], language: Language) -> bytes:
    """Those meetings in a calendar (RFC 5545)."""
    return calendar_file(_TITLES[language], [_gathering(row, language) for row in rows])


def _gathering(row: Meeting, language: Language) -> Gathering:
    return Gathering(
        row.id, row.title[language], row.description[language], row.place[language], row.begins_at, row.ends_at,
        row.state == MeetingState.CANCELLED, row.version, row.changed_at,
    )  # fmt: skip
