# SPDX-License-Identifier: EUPL-1.2
"""The integration events of this service: opaque ids, codes and times, never who a person is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.person import Person
from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event, instant
from parvis_kit.telemetry import current_traceparent

SOURCE: Final = "/parvis/identity"
PERSON_TOPIC: Final = "parvis.identity.person.v1"
SESSION_TOPIC: Final = "parvis.identity.session.v1"
ACCESS_TOPIC: Final = "parvis.identity.access.v1"
PHONE_CODE_TOPIC: Final = "parvis.identity.phone-code.v1"
_PREFIX: Final = "fr.parvis.identity."


def person_registered(person: Person, kind: str) -> Event:
    """A person signed in for the first time; ``kind`` is ``citizen`` or ``agent``."""
    data = {
        "person": str(person.id),
        "kind": kind,
        "collectivity": person.collectivity,
        "occurred_at": instant(person.created_at),
        "sequence": person.version,
    }
    return _event(
        "person-registered", PERSON_TOPIC, person.id, person.version, person.collectivity, person.created_at, data
    )


def person_changed(person: Person, changed: Iterable[str], at: datetime) -> Event:
    """What is known of a person is something else now; ``changed`` are codes of what, never the values."""
    data = {
        "person": str(person.id),
        "changed": sorted(changed),
        "collectivity": person.collectivity,
        "occurred_at": instant(at),
        "sequence": person.version,
    }
    return _event("person-changed", PERSON_TOPIC, person.id, person.version, person.collectivity, at, data)


def account_merged(absorbed: UUID, into: UUID, collectivity: str, sequence: int, at: datetime) -> Event:
    """Two accounts are one person's: what is known under the one belongs to the other from now on."""
    data = {
        "person": str(absorbed),
        "into": str(into),
        "collectivity": collectivity,
        "occurred_at": instant(at),
        "sequence": sequence,
    }
    return _event("account-merged", PERSON_TOPIC, absorbed, sequence, collectivity, at, data)


def person_erased(person: UUID, collectivity: str, sequence: int, at: datetime) -> Event:
    """An account is no more: whatever is kept under this id is nobody's, and goes, but what the law has kept."""
    data = {
        "person": str(person),
        "collectivity": collectivity,
        "occurred_at": instant(at),
        "sequence": sequence,
    }
    return _event("person-erased", PERSON_TOPIC, person, sequence, collectivity, at, data)


def session_revoked(session: UUID, collectivity: str, at: datetime) -> Event:
    """A session is over before its time: its tokens are refused from now on, though they have not run out."""
    data = {"session": str(session), "collectivity": collectivity, "occurred_at": instant(at), "sequence": 1}
    return _event("session-revoked", SESSION_TOPIC, session, 1, collectivity, at, data)


def key_withdrawn(kid: str, at: datetime) -> Event:
    """A signing key is trusted no more, from now on and whatever it signs: somebody else may have it."""
    withdrawal = uuid7()
    data = {"kid": kid, "collectivity": EVERYWHERE, "occurred_at": instant(at), "sequence": 1}
    return _event("key-withdrawn", SESSION_TOPIC, withdrawal, 1, EVERYWHERE, at, data)


def ground_ended(ground: UUID, collectivity: str, at: datetime) -> Event:
    """What let somebody act for another is over: tokens that rest on it are refused as those of an ended session."""
    return session_revoked(ground, collectivity, at)


def data_accessed(person: Person, client_id: str, category: str, collectivity: str, at: datetime) -> Event:
    """Somebody read what is known of a person: kept for the person, who may see who looked."""
    access = uuid7()
    data = {
        "access_id": str(access),
        "person": str(person.id),
        "client": client_id,
        "category": category,
        "collectivity": collectivity,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return _event("data-accessed", ACCESS_TOPIC, access, 1, collectivity, at, data)


def phone_code_asked(code_id: UUID, person: Person, at: datetime) -> Event:
    """A text message with a code is to go to the number of a person's account; the code is not in it."""
    data = {
        "code_id": str(code_id),
        "person": str(person.id),
        "collectivity": person.collectivity,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return _event("phone-code-asked", PHONE_CODE_TOPIC, code_id, 1, person.collectivity, at, data)


def _event(
    name: str, topic: str, key: UUID, sequence: int, collectivity: str, at: datetime, data: dict[str, Any]
) -> Event:
    return Event(
        id=uuid7(),
        type=f"{_PREFIX}{name}.v1",
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
