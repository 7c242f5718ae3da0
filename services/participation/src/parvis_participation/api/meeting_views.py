# SPDX-License-Identifier: EUPL-1.2
"""Public meetings as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from parvis_kit.locale import Language
from parvis_participation.api.meeting_schemas import MeetingDraftView, MeetingReportView, MeetingView, RegistrantView
from parvis_participation.api.process_schemas import LinkView
from parvis_participation.api.views import instant
from parvis_participation.db.meeting_tables import Meeting, MeetingRegistration
from parvis_participation.domain.meeting import RegistrationState, free_places

_SAME: Final = ("id", "collectivity", "process_id", "assembly_id", "state", "places", "waiting", "version")


def meeting_view(row: Meeting, language: Language) -> MeetingView:
    """A meeting in the language of the caller."""
    came = None if row.came is None else row.came + (row.walk_ins or 0)
    return MeetingView(
        **{name: getattr(row, name) for name in _SAME},
        **_times(row),
        title=row.title[language],
        description=row.description[language],
        place=row.place[language],
        links=_links(row.links, language),
        places_left=None if row.places is None else free_places(row.places, row.registered),
        came=came,
        report=_report(row, language),
    )


def meeting_draft_view(row: Meeting) -> MeetingDraftView:
    """A meeting in both languages."""
    names = (*_SAME, "title", "description", "place", "links", "registered", "came", "walk_ins", "report")
    return MeetingDraftView(**{name: getattr(row, name) for name in names}, **_times(row))


def registrant_view(row: MeetingRegistration, name: str | None) -> RegistrantView:
    """Somebody who is registered, with their name."""
    state = RegistrationState(row.state)
    return RegistrantView(id=row.id, name=name, state=state, came=row.came, registered_at=instant(row.created_at))


def _times(row: Meeting) -> dict[str, datetime | None]:
    names = ("begins_at", "ends_at", "registration_opens_at", "registration_closes_at")
    return {name: None if (at := getattr(row, name)) is None else instant(at) for name in names}


def _report(row: Meeting, language: Language) -> MeetingReportView | None:
    if row.report is None or row.reported_at is None:
        return None
    text, links = row.report["text"][language], _links(row.report["links"], language)
    return MeetingReportView(text=text, links=links, reported_at=instant(row.reported_at))


def _links(links: Sequence[Mapping[str, Any]], language: Language) -> list[LinkView]:
    return [LinkView(label=each["label"][language], url=each["url"]) for each in links]
