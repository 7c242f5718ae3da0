# SPDX-License-Identifier: EUPL-1.2
"""Appointments as the requests service tells of them, and as it answers when it is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from notifications_post import Post, example

from parvis_kit.messaging.events import Event
from parvis_testing import Caller

KIND = {"fr": "Passeport ; dépôt, retrait", "en": "Passport; application, collection"}


class Appointment:
    """One appointment, in the requests service's hands."""

    def __init__(self, post: Post, person: Caller, starts_at: datetime) -> None:
        self.post = post
        self.person = person
        self.id = uuid4()
        self.starts_at = starts_at
        self.version = 0
        self.state = "booked"
        self.reason: str | None = None
        self.offer_ends_at: datetime | None = None
        self.tracked: dict[str, str] = {}

    def event(self, name: str, remind_at: datetime | None = None) -> Event:
        """The next event of its life, made of the contract's example."""
        self.version += 1
        type_ = f"fr.parvis.requests.appointment-{name}.v1"
        data = example(type_) | {
            "appointment_id": str(self.id),
            "person": self.person.subject,
            "starts_at": _instant(self.starts_at),
            "ends_at": _instant(self.starts_at + timedelta(minutes=20)),
            "sequence": self.version,
        }
        if name in {"booked", "moved"}:
            data["remind_at"] = _instant(remind_at) if remind_at else None
        self.post.owners.appointments[str(self.id)] = self.answer()
        return Event(
            id=uuid4(),
            type=type_,
            source="/parvis/requests",
            subject=str(self.id),
            time=datetime.now(UTC),
            collectivity="paris",
            sequence=self.version,
            key=UUID(str(self.id)),
            topic="parvis.requests.appointment.v1",
            data=data,
            traceparent=None,
        )

    def answer(self) -> dict[str, Any]:
        """What the requests service knows of it."""
        language = self.post.owners.contacts[self.person.subject]["language"]
        return {
            **self.tracked,
            "id": str(self.id),
            "kind": {"code": "passeport", "label": KIND[language]},
            "instructions": "Apportez une photo, et l’ancien passeport.\nMerci.",
            "agenda": {"id": str(uuid4()), "label": "Guichet 1", "place": "Mairie, rez-de-chaussée"},
            "starts_at": _instant(self.starts_at),
            "ends_at": _instant(self.starts_at + timedelta(minutes=20)),
            "changes_end_at": _instant(self.starts_at - timedelta(hours=1)),
            "state": self.state,
            "offer_ends_at": _instant(self.offer_ends_at) if self.offer_ends_at else None,
            "reason": self.reason,
            "version": self.version,
            "updated_at": _instant(datetime(2026, 11, 24, 14, 3, 40, 123_000, tzinfo=UTC)),
        }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
