# SPDX-License-Identifier: EUPL-1.2
"""The tables of messages that applications send: their keys, how many went, and which."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class SendingKey(Base):
    """A key of an application; ``secret`` and ``guests`` are sealed. One that has ended stays: messages name it.

    What is sent to its ``inbound_number`` while it works is the application's to read.
    """

    __tablename__ = "sending_key"
    __table_args__ = (
        Index("ix_sending_key_list", "collectivity", "created_at", "id"),
        Index(
            "ix_sending_key_inbound_number",
            "collectivity",
            "inbound_number",
            postgresql_where="inbound_number IS NOT NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    application: Mapped[str]
    kind: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    guests: Mapped[bytes | None] = mapped_column(LargeBinary)
    per_minute: Mapped[int]
    per_day: Mapped[int]
    letters_per_day: Mapped[int] = mapped_column(server_default="0")
    calls_per_day: Mapped[int] = mapped_column(server_default="0")
    inbound_number: Mapped[str | None]
    version: Mapped[int]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class SendingCount(Base):
    """Messages of a key in the ``span`` (``minute``, ``day``, ``letter-day``, ``call-day``) that began."""

    __tablename__ = "sending_count"
    __table_args__ = (Index("ix_sending_count_began_at", "began_at"),)

    key_id: Mapped[UUID] = mapped_column(ForeignKey("sending_key.id", ondelete="CASCADE"), primary_key=True)
    span: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    collectivity: Mapped[str]
    sent: Mapped[int]


class ReceivedText(Base):
    """A text message that came in for an application; whose it is and what it says are sealed with a key of its own."""

    __tablename__ = "received_text"
    __table_args__ = (
        Index("ix_received_text_list", "collectivity", "application", "created_at", "id"),
        Index("ix_received_text_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    application: Mapped[str]
    number: Mapped[str]
    content: Mapped[bytes] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)


class SentMessage(Base):
    """Which application had a message sent, by which key and version of a template; it goes with the message.

    One that came as a PDF has no template, and the ``postage`` that was asked for, if any.
    ``recipient`` stands for whoever has the address: an opaque name under which it is sealed. ``reference`` is the
    application's own, ``reference_index`` finds it.
    """

    __tablename__ = "sent_message"
    __table_args__ = (
        Index("ix_sent_message_list", "collectivity", "application", "kind", "created_at", "id"),
        Index(
            "ix_sent_message_reference", "collectivity", "application", "kind", "reference_index", "created_at", "id"
        ),
        Index(
            "ix_sent_message_single",
            "collectivity",
            "application",
            "kind",
            "created_at",
            "id",
            postgresql_where="NOT by_file",
        ),
        Index("ix_sent_message_created_at", "created_at"),
        Index("ix_sent_message_key_id", "key_id"),
        Index("ix_sent_message_template_id", "template_id"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    application: Mapped[str]
    kind: Mapped[str]
    key_id: Mapped[UUID] = mapped_column(ForeignKey("sending_key.id"))
    channel: Mapped[str]
    recipient: Mapped[UUID]
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("message_template.id"))
    template_version: Mapped[int | None]
    postage: Mapped[str | None]
    reference: Mapped[bytes | None] = shreddable(LargeBinary)
    reference_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    scheduled_at: Mapped[datetime | None] = mapped_column(Instant)
    by_file: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(Instant)


class SentMessageChange(Base):
    """A change of where such a message stands that its application is still to be called back about.

    A trigger writes them (migrations 0031 and 0087), where the key has somewhere to be called back at. Those of one
    message have their numbers in the order in which they were committed.
    """

    __tablename__ = "sent_message_change"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("sent_message.id", ondelete="CASCADE"), index=True)
    collectivity: Mapped[str]
    state: Mapped[str]
    reply: Mapped[str | None]
    fault: Mapped[str | None]
    changed_at: Mapped[datetime] = mapped_column(Instant)
