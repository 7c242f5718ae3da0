# SPDX-License-Identifier: EUPL-1.2
"""The tables of what people wrote by other ways than the portal: what is to be fetched, and contacts to qualify."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, text, true
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class ReceivedMessage(Base):
    """A message that notifications holds for us, until it is in its conversation and notifications knows so.

    ``state`` is ``waiting`` until it is stored here, then ``stored`` until it was destroyed there. ``due_at`` is when
    somebody must look at it: the next attempt, or while one is made the end of the claim. ``reply`` is whether it was
    written to the address of a conversation.
    """

    __tablename__ = "received_message"
    __table_args__ = (Index("ix_received_message_turn", text("reply DESC"), "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    reply: Mapped[bool] = mapped_column(server_default=true())
    due_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class IncomingContact(Base):
    """What came from somebody and belongs to no conversation yet: an agent qualifies it.

    ``content`` is JSON sealed with a key of the contact's own, named as it is: sender, subject, words; None once the
    words are in a conversation. ``reason`` is why it is here; ``suggested`` the request that it may belong to, and
    ``request_id`` the one that an agent found it to. ``outcome`` says why it was discarded.
    """

    __tablename__ = "incoming_contact"
    __table_args__ = (
        Index("ix_incoming_contact_received", "collectivity", "received_at", "id"),
        Index("ix_incoming_contact_state", "collectivity", "state", "received_at", "id"),
        Index("ix_incoming_contact_kept", "received_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    way: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    outcome: Mapped[str | None]
    suggested: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    content: Mapped[bytes | None] = shreddable(LargeBinary)
    version: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class ContactAct(Base):
    """What was done with a contact, by whom; the service itself where it is nobody."""

    __tablename__ = "contact_act"

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("incoming_contact.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    actor: Mapped[UUID]
    action: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)
