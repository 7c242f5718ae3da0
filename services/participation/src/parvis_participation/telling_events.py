# SPDX-License-Identifier: EUPL-1.2
"""What people are told one by one of amendments, and of petitions that they signed: ids and codes, never a word."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.amendment_tables import ProposalAmendment
from parvis_participation.db.telling_tables import PersonTelling
from parvis_participation.events import told
from parvis_participation.petition_events import SIGNATURE_TOPIC
from parvis_participation.process_events import NEWS_TOPIC

AmendmentNews = Literal["offered", "accepted", "rejected", "conflicting", "lapsed"]


def amendment_told(row: ProposalAmendment, person: UUID, subject: AmendmentNews, at: datetime) -> Event:
    """Somebody is to be told of an amendment; an aggregate of its own, so that nobody waits for another."""
    key = uuid5(row.id, f"{subject} {person}")
    return _amendment(key, row.id, row.proposal_id, row.collectivity, person, subject, at)


def telling_event(row: PersonTelling, at: datetime) -> Event:
    """What is told to one of many."""
    if row.kind == "amendment":
        assert row.within is not None  # noqa: S101 - an amendment is one of a proposal
        return _amendment(row.id, row.about, row.within, row.collectivity, row.person, row.subject, at)
    data: dict[str, Any] = {
        "petition_id": str(row.about),
        "collectivity": row.collectivity,
        "signer": str(row.person),
        "subject": row.subject,
        "ground": row.ground,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("petition-news-told", SIGNATURE_TOPIC, row.id, 1, row.collectivity, at, data)


def _amendment(
    key: UUID, amendment: UUID, proposal: UUID, collectivity: str, person: UUID, subject: str, at: datetime
) -> Event:
    data = {
        "amendment_id": str(amendment),
        "proposal_id": str(proposal),
        "collectivity": collectivity,
        "person": str(person),
        "subject": subject,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("amendment-news-told", NEWS_TOPIC, key, 1, collectivity, at, data)
