# SPDX-License-Identifier: EUPL-1.2
"""The tables of people's profiles, beside ``person``; all serve the whole deployment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, Base
from parvis_kit.db.tables import shreddable


class EmailChangeRow(Base):
    """An address that a person wants as theirs; ``code_hash`` is keyed, so that nobody can go through all codes."""

    __tablename__ = "email_change"

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    address: Mapped[bytes] = shreddable(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class PhoneCodeRow(Base):
    """A code on its way to a person's telephone; ``id`` is what the event names, ``phone_index`` stands for the number.

    The code is sealed and not hashed: whoever sends the text message asks for it.
    """

    __tablename__ = "phone_code"

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    code: Mapped[bytes] = shreddable(LargeBinary)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class PostalAddressRow(Base):
    """A person's address; all of it but its kind is sealed with their key."""

    __tablename__ = "postal_address"
    __table_args__ = (
        CheckConstraint("kind IN ('home', 'other')", name="kind"),
        Index("uq_postal_address_home", "person", unique=True, postgresql_where=text("kind = 'home'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(TEXT)
    content: Mapped[bytes] = shreddable(LargeBinary)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    updated_at: Mapped[datetime] = mapped_column(INSTANT)
