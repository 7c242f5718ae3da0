# SPDX-License-Identifier: EUPL-1.2
"""What is told of assemblies, to whom it concerns, one by one: ids, codes, days and times, never a name."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.assembly_tables import AssemblyFollower, AssemblyMember, AssemblyNews, AssemblySession
from parvis_participation.events import told

ASSEMBLY_TOPIC: Final = "parvis.participation.assembly.v1"


def mandate_begun(member: AssemblyMember, at: datetime) -> Event:
    """A member is in office from now on."""
    return _mandate("assembly-mandate-begun", member, at, {"ends_on": member.ends_on.isoformat()})


def mandate_ended(member: AssemblyMember, at: datetime) -> Event:
    """A member is in office no more; the last day was the day before, or an earlier one."""
    return _mandate("assembly-mandate-ended", member, at, {"ended_on": member.ends_on.isoformat()})


def session_told(session: AssemblySession, person: UUID, at: datetime) -> Event:
    """A member is convened to a session, or told that it does not take place; an aggregate of its own."""
    key: UUID = uuid5(session.id, str(person))
    data = {
        "session_id": str(session.id),
        "assembly_id": str(session.assembly_id),
        "collectivity": session.collectivity,
        "member": str(person),
        "state": session.state,
        "begins_at": instant(session.begins_at),
        "occurred_at": instant(at),
        "sequence": session.version,
    }
    return told("assembly-session-told", ASSEMBLY_TOPIC, key, session.version, session.collectivity, at, data)


def news_told(news: AssemblyNews, follower: AssemblyFollower, at: datetime) -> Event:
    """A follower is to be told that a session was convened or cancelled, or its minutes published."""
    key: UUID = uuid5(news.id, str(follower.id))
    data = {
        "news_id": str(news.id),
        "assembly_id": str(news.assembly_id),
        "session_id": str(news.session_id),
        "collectivity": news.collectivity,
        "subject": news.subject,
        "follower": str(follower.person),
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("assembly-news-told", ASSEMBLY_TOPIC, key, 1, news.collectivity, at, data)


def _mandate(name: str, member: AssemblyMember, at: datetime, more: dict[str, Any]) -> Event:
    data = {
        "member_id": str(member.id),
        "assembly_id": str(member.assembly_id),
        "collectivity": member.collectivity,
        "person": None if member.person is None else str(member.person),
        **more,
        "occurred_at": instant(at),
        "sequence": member.told,
    }
    return told(name, ASSEMBLY_TOPIC, member.id, member.told, member.collectivity, at, data)
