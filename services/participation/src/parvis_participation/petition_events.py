# SPDX-License-Identifier: EUPL-1.2
"""What is told of petitions: ids, codes and times; the author's id for whom the town writes to, never a word of it."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.petition_tables import Petition, PetitionSignature
from parvis_participation.events import told

PETITION_TOPIC: Final = "parvis.participation.petition.v1"
SIGNATURE_TOPIC: Final = "parvis.participation.signature.v1"


def petition_submitted(petition: Petition, at: datetime) -> Event:
    """Somebody asks for a petition to be admitted: agents have to decide."""
    return _told("petition-submitted", petition, at, {})


def petition_decided(petition: Petition, at: datetime) -> Event:
    """An agent has admitted or refused it, with reasons."""
    return _told("petition-decided", petition, at, {"author": str(petition.person), "outcome": _outcome(petition)})


def petition_withdrawn(petition: Petition, at: datetime) -> Event:
    """Its author has taken it back."""
    return _told("petition-withdrawn", petition, at, {})


def threshold_reached(petition: Petition, signatures: int, at: datetime) -> Event:
    """So many have signed as the town named; ``answer_due_on`` is when it answers, where it said so."""
    due: date | None = petition.answer_due_on
    more = {
        "author": str(petition.person),
        "threshold": signatures,
        "answer_due_on": None if due is None else due.isoformat(),
    }
    return _told("petition-threshold-reached", petition, at, more)


def petition_closed(petition: Petition, at: datetime) -> Event:
    """It takes no more signatures."""
    return _told("petition-closed", petition, at, {"thresholds_reached": petition.reached})


def petition_answered(petition: Petition, at: datetime) -> Event:
    """The town has answered; each signer who wants to know is told by an event of their own."""
    return _told("petition-answered", petition, at, {"author": str(petition.person)})


def answer_told(signature: PetitionSignature, at: datetime) -> Event:
    """A signer wants to know of the answer: an aggregate of its own, so that no signer waits for another."""
    data = {
        "signature_id": str(signature.id),
        "petition_id": str(signature.petition_id),
        "collectivity": signature.collectivity,
        "signer": str(signature.person),
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("petition-answer-told", SIGNATURE_TOPIC, signature.id, 1, signature.collectivity, at, data)


def _outcome(petition: Petition) -> str:
    return "refused" if petition.state == "refused" else "admitted"


def _told(name: str, petition: Petition, at: datetime, more: dict[str, Any]) -> Event:
    key: UUID = petition.id
    data = {
        "petition_id": str(key),
        "collectivity": petition.collectivity,
        **more,
        "occurred_at": instant(at),
        "sequence": petition.version,
    }
    return told(name, PETITION_TOPIC, key, petition.version, petition.collectivity, at, data)
