# SPDX-License-Identifier: EUPL-1.2
"""What is told of comments and their moderation: ids, codes and times; never a word of them, nor who wrote them."""

from datetime import datetime
from typing import Final, Literal
from uuid import uuid5

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db import moderation
from parvis_participation.db.comment_tables import Comment
from parvis_participation.db.moderation_tables import ModerationCase
from parvis_participation.db.notice_tables import ContentNotice
from parvis_participation.db.telling_tables import DiscussionTelling
from parvis_participation.domain.thread import Subject
from parvis_participation.events import told
from parvis_participation.process_events import NEWS_TOPIC

COMMENT_TOPIC: Final = "parvis.participation.comment.v1"
MODERATION_TOPIC: Final = "parvis.participation.moderation.v1"


def comment_published(comment: Comment, subject: Subject, at: datetime) -> Event:
    """Somebody has written a comment, or answered one."""
    return _told("comment-published", comment, subject, at)


def comment_withdrawn(comment: Comment, subject: Subject, at: datetime) -> Event:
    """Its author has taken a comment back."""
    return _told("comment-withdrawn", comment, subject, at)


def case_decided(case: ModerationCase, at: datetime, *, reversed_: bool) -> Event:
    """A moderator has decided what becomes of what was reported; ``reversed_``: otherwise than another before."""
    ref = moderation.ref_of(case)
    data = {
        "case_id": str(case.id),
        "kind": str(ref.kind),
        "content_id": str(ref.id),
        "author": None if case.author is None else str(case.author),
        "outcome": case.outcome,
        "state": case.state,
        "reversed": reversed_,
        "collectivity": case.collectivity,
        "occurred_at": instant(at),
        "sequence": case.version,
    }
    return told("moderation-decided", MODERATION_TOPIC, case.id, case.version, case.collectivity, at, data)


NoticeNews = Literal["received", "kept", "removed", "forgotten"]


def notice_told(
    notice: ContentNotice, subject: NoticeNews, version: int, at: datetime, *, final: bool = False
) -> Event:
    """Who gave notice without an account is to be told of it; ``version`` is that of the case, from 1.

    ``final`` of what was decided: whether it can no longer be contested.
    """
    key = uuid5(notice.person, f"{subject} {version}")
    data = {
        "case_id": str(notice.case_id),
        "collectivity": notice.collectivity,
        "notifier": str(notice.person),
        "subject": subject,
        "final": final,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return told("content-notice-told", MODERATION_TOPIC, key, 1, notice.collectivity, at, data)


def discussion_told(row: DiscussionTelling, at: datetime) -> Event:
    """Somebody is to be told of a discussion; an aggregate of its own, so that nobody waits for another."""
    data = {
        "news_id": str(row.news_id),
        "thread": row.thread,
        "subject_id": str(row.subject_id),
        "collectivity": row.collectivity,
        "person": str(row.person),
        "comments": row.comments,
        "replies": row.replies,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    key = uuid5(row.news_id, str(row.person))
    return told("discussion-news-told", NEWS_TOPIC, key, 1, row.collectivity, at, data)


def _told(name: str, comment: Comment, subject: Subject, at: datetime) -> Event:
    data = {
        "comment_id": str(comment.id),
        "thread": str(subject.kind),
        "subject_id": str(subject.id),
        "parent_id": None if comment.parent_id is None else str(comment.parent_id),
        "collectivity": comment.collectivity,
        "occurred_at": instant(at),
        "sequence": comment.version,
    }
    return told(name, COMMENT_TOPIC, comment.id, comment.version, comment.collectivity, at, data)
