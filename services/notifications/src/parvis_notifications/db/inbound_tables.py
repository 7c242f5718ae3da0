# SPDX-License-Identifier: EUPL-1.2
"""The tables of what comes in: the conversations that people answer to, and messages until their owner has them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class Conversation(Base):
    """What one person is told about one request: the reply address of these mails names it.

    Its recipients are the addresses to which the mails went. It is good for some time after ``told_at``, the last of
    them. ``address`` is what the reply address names instead of the id, once the first one was revoked.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("collectivity", "request_id", "person"),
        Index("ix_conversation_person", "person"),
        Index("ix_conversation_told_at", "told_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    request_id: Mapped[UUID]
    person: Mapped[UUID]
    told_at: Mapped[datetime] = mapped_column(Instant)
    address: Mapped[UUID | None]


class ReplyAddress(Base):
    """What the reply addresses of a conversation have named, where one was revoked: those, and the present one."""

    __tablename__ = "reply_address"
    __table_args__ = (Index("ix_reply_address_conversation", "conversation"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation: Mapped[UUID] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[UUID | None]


class InboundMessage(Base):
    """A message that came in, sealed with a key of its own, which is named as it is; kept until its owner took it.

    ``fingerprint`` is a blind index by which the same message is known again. ``content`` is JSON: sender, subject,
    words. The row stays without it for some time after ``taken_at``, so that what comes twice is one message. ``held``
    says why it is for an agent to qualify; None for a reply of ``person`` about ``request_id``.
    """

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("collectivity", "fingerprint"),
        Index("ix_inbound_message_received_at", "received_at", "id"),
        Index("ix_inbound_message_conversation", "conversation", "received_at"),
        Index("ix_inbound_message_collectivity", "collectivity", "received_at"),
        Index("ix_inbound_message_person", "person", "received_at", postgresql_where=text("person IS NOT NULL")),
        Index(
            "ix_inbound_message_waiting",
            "collectivity",
            postgresql_include=["size"],
            postgresql_where=text("conversation IS NULL AND taken_at IS NULL AND size > 0"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    way: Mapped[str]
    conversation: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    person: Mapped[UUID | None]
    held: Mapped[str | None]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes | None] = shreddable(LargeBinary)
    # Of its files together, in bytes.
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    received_at: Mapped[datetime] = mapped_column(Instant)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)


class InboundFile(Base):
    """A file that came with a message, as it came: its owner looks at what it is."""

    __tablename__ = "inbound_file"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("inbound_message.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    collectivity: Mapped[str]
    name: Mapped[bytes] = shreddable(LargeBinary)
    content: Mapped[bytes] = shreddable(LargeBinary)
    size: Mapped[int] = mapped_column(Integer)


class InboundLook(Base):
    """Up to which time a provider's list of what came in to a town's number was looked through.

    ``begun_at`` is since when that number is that town's here: nothing that came before is taken. ``due_at`` is when
    somebody must look again.
    """

    __tablename__ = "inbound_look"

    provider: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)


class InboundSecret(Base):
    """With what an operator of a town's signs; both secrets are sealed, and gone once it is revoked.

    ``former_secret`` is good until ``former_ends_at``.
    """

    __tablename__ = "inbound_secret"
    __table_args__ = (Index("ix_inbound_secret_list", "collectivity", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    label: Mapped[str]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    former_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    former_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)
    rotated_by: Mapped[UUID | None]
    rotated_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
