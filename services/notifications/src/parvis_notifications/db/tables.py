# SPDX-License-Identifier: EUPL-1.2
"""The tables of the notifications service; each row belongs to a collectivity."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db import (
    alert_tables,
    broadcast_tables,
    chat_tables,
    dead_address_tables,
    delivery_tables,
    digest_tables,
    heard_text_tables,
    inbound_tables,
    job_tables,
    letter_tables,
    pace_tables,
    push_tables,
    sending_tables,
    subscription_tables,
    template_tables,
    text_stop_tables,
    voice_tables,
    webhook_tables,
)
from parvis_notifications.db.base import Base, Instant

__all__ = [
    "Base",
    "alert_tables",
    "broadcast_tables",
    "chat_tables",
    "dead_address_tables",
    "delivery_tables",
    "digest_tables",
    "heard_text_tables",
    "inbound_tables",
    "job_tables",
    "letter_tables",
    "pace_tables",
    "push_tables",
    "sending_tables",
    "subscription_tables",
    "template_tables",
    "text_stop_tables",
    "voice_tables",
    "webhook_tables",
]


class Notice(Base):
    """Something that a person is to be told, before its particulars are known.

    An event leaves one in the transaction of its inbox row; what only its owners know (an address, the text of a
    reply) is asked for afterwards, outside of any transaction. The notice goes when its message comes. Those about one
    request are composed for each person one after the other, by ``sequence``; ``bulk`` ones where no other is due.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("event_id", "event_source"),
        Index("ix_notice_turn", "bulk", "due_at", postgresql_where="state = 'pending'"),
        Index("ix_notice_order", "request_id", "person", "sequence", postgresql_where="state = 'pending'"),
        Index("ix_notice_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    event_source: Mapped[str]
    event_id: Mapped[UUID]
    template: Mapped[str]
    person: Mapped[UUID] = mapped_column(index=True)
    request_id: Mapped[UUID]
    reference: Mapped[str]
    reply_id: Mapped[UUID | None]
    effective_at: Mapped[datetime | None] = mapped_column(Instant)
    sequence: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    bulk: Mapped[bool] = mapped_column(server_default=text("false"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    claim: Mapped[UUID | None]
    last_error: Mapped[str | None]
    traceparent: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class Reminder(Base):
    """That somebody is to be told of something at its time: once, and never from ``useless_at`` on.

    ``subject`` is what it is about, in the service ``source``, as its events name it; the reminder follows it by their
    ``sequence``. It goes when its notice comes.
    """

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("subject", "source", "template"), Index("ix_reminder_due", "due_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    source: Mapped[str]
    subject: Mapped[UUID]
    template: Mapped[str]
    person: Mapped[UUID]
    reference: Mapped[str] = mapped_column(server_default="")
    sequence: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime] = mapped_column(Instant)
    useless_at: Mapped[datetime] = mapped_column(Instant)


class Mailbox(Base):
    """How many messages a person has had in one collectivity: the position of the newest."""

    __tablename__ = "mailbox"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)
    last_position: Mapped[int] = mapped_column(BigInteger)


class Message(Base):
    """What a person was told, as their inbox shows it.

    ``position`` counts the messages of the inbox in the order in which they became readable.

    ``version`` is the ETag of the inbox; ``sequence`` counts the events told about the message, which the reader's
    own acts do not change.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("event_id", "event_source"),
        Index("ix_message_inbox", "collectivity", "person", "created_at", "id"),
        Index("ix_message_unread", "collectivity", "person", "created_at", "id", postgresql_where="read_at IS NULL"),
        Index("ix_message_created_at", "created_at"),
        Index("ix_message_position", "collectivity", "person", "position"),
        Index("ix_message_conversation", "conversation", postgresql_where="conversation IS NOT NULL"),
        Index("ix_message_request", "request_id", "created_at", "id", postgresql_where="request_id IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    position: Mapped[int | None] = mapped_column(BigInteger)
    event_source: Mapped[str]
    event_id: Mapped[UUID]
    template: Mapped[str]
    language: Mapped[str]
    subject: Mapped[bytes] = shreddable(LargeBinary)
    body: Mapped[bytes] = shreddable(LargeBinary)
    # Of a template of the collectivity's: what a mail shows, and what a text message says, in place of the body.
    html: Mapped[bytes | None] = shreddable(LargeBinary)
    sms: Mapped[bytes | None] = shreddable(LargeBinary)
    # What a call says of it, where it may be told by one.
    voice: Mapped[bytes | None] = shreddable(LargeBinary)
    # The same with its language (JSON), for letters and calls where none shows the script or speaks the language.
    spare: Mapped[bytes | None] = shreddable(LargeBinary)
    link: Mapped[str]
    # Of a mail alone, instead of the link that the inbox shows: whoever has it may act.
    secret_link: Mapped[bytes | None] = shreddable(LargeBinary)
    # Of an appointment, for the calendar of whoever reads the mail.
    invitation: Mapped[bytes | None] = shreddable(LargeBinary)
    # Of what its author is told about a request of theirs: agents who handle it ask whether they were.
    request_id: Mapped[UUID | None]
    # To which answers to its mail belong.
    conversation: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Preference(Base):
    """How a person wants to be told in one collectivity; ``channels`` has a list for each topic that they chose for.

    ``digests`` has the rhythm of each topic whose mails are gathered; ``digest_weekday`` counts from 0 for Monday.
    ``modes`` says of topics how their channels are used, where not all at once.
    """

    __tablename__ = "preference"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str | None]
    quiet_begins: Mapped[time | None]
    quiet_ends: Mapped[time | None]
    time_zone: Mapped[str | None]
    channels: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    digests: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    modes: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    digest_at: Mapped[time | None]
    digest_weekday: Mapped[int | None] = mapped_column(SmallInteger)
    digest_time_zone: Mapped[str | None]
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(Instant)


class PreferenceChange(Base):
    """A change of the channels of one topic: when, by which way, and in which words the person was asked.

    ``words`` are None where a front-end asked, which has words of its own.
    """

    __tablename__ = "preference_change"
    __table_args__ = (
        Index("ix_preference_change_person", "collectivity", "person", "created_at", "id"),
        Index("ix_preference_change_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    topic: Mapped[str]
    channels: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    mode: Mapped[str] = mapped_column(server_default=text("'all'"))
    way: Mapped[str]
    words: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class UnreachableAddress(Base):
    """An address that does not exist, as a bounce told: nothing goes there while the person has no other.

    ``fingerprint`` is a blind index of it: enough to know it again, and not to read it.
    """

    __tablename__ = "unreachable_address"

    person: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)


class MergedAccount(Base):
    """An account that is no more, and the one that took its place: what is told of the one is the other's."""

    __tablename__ = "merged_account"

    person: Mapped[UUID] = mapped_column(primary_key=True)
    into_person: Mapped[UUID] = mapped_column(index=True)
    collectivity: Mapped[str]
