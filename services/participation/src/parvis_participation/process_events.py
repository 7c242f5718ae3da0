# SPDX-License-Identifier: EUPL-1.2
"""What is told of participatory processes: ids, codes and times; whom to tell of news, one by one."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.process_tables import Process, ProcessClosing, ProcessFollower, ProcessNews
from parvis_participation.events import told

PROCESS_TOPIC: Final = "parvis.participation.process.v1"
NEWS_TOPIC: Final = "parvis.participation.news.v1"


def process_published(process: Process, at: datetime) -> Event:
    """A process is announced."""
    return _told("process-published", process, at, {})


def phase_begun(process: Process, code: str, at: datetime) -> Event:
    """People may do other things in it from now on."""
    return _told("process-phase-begun", process, at, {"phase": code})


def news_told(news: ProcessNews, follower: ProcessFollower, at: datetime) -> Event:
    """A follower is to be told of news; an aggregate of its own, so that no follower waits for another."""
    key: UUID = uuid5(news.id, str(follower.id))
    data = {
        "news_id": str(news.id),
        "process_id": str(news.process_id),
        "collectivity": news.collectivity,
        "follower": str(follower.person),
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("process-news-told", NEWS_TOPIC, key, 1, news.collectivity, at, data)


def closing_told(closing: ProcessClosing, follower: ProcessFollower, at: datetime) -> Event:
    """A follower is to be reminded of what ends soon, as above."""
    key: UUID = uuid5(closing.id, str(follower.id))
    data = {
        "closing_id": str(closing.id),
        "process_id": str(closing.process_id),
        "part_id": str(closing.part),
        "collectivity": closing.collectivity,
        "follower": str(follower.person),
        "closes_at": instant(closing.closes_at),
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("process-closing-told", NEWS_TOPIC, key, 1, closing.collectivity, at, data)


def _told(name: str, process: Process, at: datetime, more: dict[str, Any]) -> Event:
    data = {
        "process_id": str(process.id),
        "collectivity": process.collectivity,
        **more,
        "occurred_at": instant(at),
        "sequence": process.version,
    }
    return told(name, PROCESS_TOPIC, process.id, process.version, process.collectivity, at, data)
