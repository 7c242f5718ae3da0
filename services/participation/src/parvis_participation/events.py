# SPDX-License-Identifier: EUPL-1.2
"""The integration events of this service: ids, codes and times; never who answered what."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event, instant
from parvis_kit.telemetry import current_traceparent
from parvis_participation.domain.consultation import Consultation
from parvis_participation.domain.poll import Poll

SOURCE: Final = "/parvis/participation"
CONSULTATION_TOPIC: Final = "parvis.participation.consultation.v1"
ANSWER_TOPIC: Final = "parvis.participation.answer.v1"
POLL_TOPIC: Final = "parvis.participation.poll.v1"


def opened(consultation: Consultation, at: datetime) -> Event:
    """A consultation takes answers from now on."""
    return _told("consultation-opened", consultation, at)


def extended(consultation: Consultation, at: datetime) -> Event:
    """A consultation lasts longer; the close is the new one."""
    return _told("consultation-extended", consultation, at)


def closed(consultation: Consultation, at: datetime) -> Event:
    """A consultation takes no more answers."""
    return _told("consultation-closed", consultation, at)


def answered(answer_id: UUID, consultation: Consultation, at: datetime) -> Event:
    """Somebody has answered; an aggregate of its own, so that answers need not queue for a common sequence."""
    data = {
        "answer_id": str(answer_id),
        "consultation_id": str(consultation.id),
        "collectivity": consultation.collectivity,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("answer-submitted", ANSWER_TOPIC, answer_id, 1, consultation.collectivity, at, data)


def poll_published(poll: Poll, at: datetime) -> Event:
    """A poll is frozen, and will open."""
    return _poll_told("poll-published", poll, at)


def poll_counted(poll: Poll, at: datetime) -> Event:
    """A poll is counted: its result and files are public. No event tells of a ballot."""
    return _poll_told("poll-counted", poll, at)


def poll_extended(poll: Poll, at: datetime) -> Event:
    """Two agents let it last longer; the close is the new one."""
    return _poll_told("poll-extended", poll, at)


def poll_cancelled(poll: Poll, at: datetime) -> Event:
    """Two agents have called it off."""
    return _poll_told("poll-cancelled", poll, at)


def _poll_told(name: str, poll: Poll, at: datetime) -> Event:
    data = {
        "poll_id": str(poll.id),
        "collectivity": poll.collectivity,
        "opens_at": instant(poll.opens_at),
        "closes_at": instant(poll.closes_at),
        "occurred_at": instant(at),
        "sequence": poll.version,
    }
    return told(name, POLL_TOPIC, poll.id, poll.version, poll.collectivity, at, data)


def _told(name: str, consultation: Consultation, at: datetime) -> Event:
    data = {
        "consultation_id": str(consultation.id),
        "collectivity": consultation.collectivity,
        "opens_at": instant(consultation.opens_at),
        "closes_at": instant(consultation.closes_at),
        "occurred_at": instant(at),
        "sequence": consultation.version,
    }
    return told(name, CONSULTATION_TOPIC, consultation.id, consultation.version, consultation.collectivity, at, data)


def told(
    name: str, topic: str, key: UUID, sequence: int, collectivity: str, at: datetime, data: dict[str, Any]
) -> Event:
    """An event of this service, ready for the outbox."""
    return Event(
        id=uuid7(),
        type=f"fr.parvis.participation.{name}.v1",
        source=SOURCE,
        subject=str(key),
        time=at,
        collectivity=collectivity,
        sequence=sequence,
        key=key,
        topic=topic,
        data=data,
        traceparent=current_traceparent(),
    )
