# SPDX-License-Identifier: EUPL-1.2
"""What those who registered for a public meeting are told, one by one: ids and times, never a name."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.meeting_guests import Gone
from parvis_participation.db.meeting_tables import MeetingNews, MeetingRegistration
from parvis_participation.events import told

MEETING_TOPIC: Final = "parvis.participation.meeting.v1"


def place_found(registration: MeetingRegistration, begins_at: datetime, at: datetime) -> Event:
    """Somebody who waited has a place now; that happens once to a registration."""
    return _told("place-found", registration, registration.id, begins_at, at)


def news_told(news: MeetingNews, registration: MeetingRegistration, at: datetime) -> Event:
    """Somebody is to be told that a meeting is at another time or place, does not take place, or begins soon."""
    return _told(news.subject, registration, uuid5(news.id, str(registration.id)), news.begins_at, at)


def confirmation_asked(registration: MeetingRegistration, number: int, begins_at: datetime, at: datetime) -> Event:
    """Somebody without an account is to confirm the address that they left; ``number`` counts how often."""
    return _told("to-confirm", registration, uuid5(registration.person, str(number)), begins_at, at)


def guest_forgotten(guest: Gone, at: datetime) -> Event:
    """Who registered without an account is forgotten, and what was written to them is to be unreadable."""
    data = {
        "person": str(guest.person),
        "meeting_id": str(guest.meeting_id),
        "collectivity": guest.collectivity,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("guest-forgotten", MEETING_TOPIC, guest.person, 1, guest.collectivity, at, data)


def _told(subject: str, registration: MeetingRegistration, key: UUID, begins_at: datetime, at: datetime) -> Event:
    data = {
        "news_id": str(key),
        "meeting_id": str(registration.meeting_id),
        "collectivity": registration.collectivity,
        "subject": subject,
        "registrant": str(registration.person),
        "begins_at": instant(begins_at),
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("meeting-news-told", MEETING_TOPIC, key, 1, registration.collectivity, at, data)
