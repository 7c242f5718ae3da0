# SPDX-License-Identifier: EUPL-1.2
"""The tables of accounts of our own; all serve the whole deployment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, TEXTS, Base
from parvis_kit.db.tables import shreddable


class LocalAccountRow(Base):
    """A person's account of our own: the verified address that they sign in with, and the sealed hash of a password."""

    __tablename__ = "local_account"

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    email: Mapped[bytes] = shreddable(LargeBinary)
    email_index: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    password: Mapped[bytes] = mapped_column(LargeBinary)
    password_changed_at: Mapped[datetime] = mapped_column(INSTANT)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class KnownDeviceRow(Base):
    """A browser that has signed in to an account, ``proven`` by two factors: no guesses elsewhere make it wait."""

    __tablename__ = "known_device"

    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("local_account.person"), primary_key=True, index=True)
    last_used_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
    proven: Mapped[bool] = mapped_column(server_default=false())


class LoginAttemptRow(Base):
    """Attempts without success from one source, or at one account; the bucket is a keyed hash of which."""

    __tablename__ = "login_attempt"

    bucket: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    attempts: Mapped[int]
    blocked_until: Mapped[datetime] = mapped_column(INSTANT)
    noted_until: Mapped[datetime | None] = mapped_column(INSTANT)
    """Up to when the audit trail has it that somebody is held back."""
    updated_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class LetterRow(Base):
    """A wish to write to somebody, until the mail relay has taken the letter; sealed, for it names an address."""

    __tablename__ = "letter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    next_attempt_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class MailLinkRow(Base):
    """What a link in a letter opens, once; deleted by its use, and with all others of the address."""

    __tablename__ = "mail_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class TotpRow(Base):
    """The second factor of an account: a secret shared with an application, and the last time step that was used."""

    __tablename__ = "totp"

    person: Mapped[UUID] = mapped_column(ForeignKey("local_account.person"), primary_key=True)
    secret: Mapped[bytes] = shreddable(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class RecoveryCodeRow(Base):
    """A code on paper that stands in for the second factor once; deleted by its use."""

    __tablename__ = "recovery_code"

    person: Mapped[UUID] = mapped_column(ForeignKey("local_account.person"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(INSTANT)


class SecondFactorResetRow(Base):
    """A second factor that an agent has taken away: it waits, then is done, or was cancelled by ``stopped_by``."""

    __tablename__ = "second_factor_reset"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'cancelled')", name="state"),
        CheckConstraint("(state = 'cancelled') = (stopped_by IS NOT NULL)", name="stopped"),
        Index("uq_second_factor_reset_waiting", "person", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("ix_second_factor_reset_due_at", "due_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    document: Mapped[str] = mapped_column(TEXT)
    reason: Mapped[str] = mapped_column(TEXT)
    state: Mapped[str] = mapped_column(TEXT)
    stopped_by: Mapped[str | None] = mapped_column(TEXT)
    agent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    due_at: Mapped[datetime] = mapped_column(INSTANT)
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    objection_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)


class PasskeyRow(Base):
    """A public key of a person's, whose other half a device keeps (WebAuthn level 3).

    Identifier and key are random and made for us alone: they say nothing about the person, but the label may.
    """

    __tablename__ = "passkey"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(TEXTS)
    synced: Mapped[bool]
    backed_up: Mapped[bool]
    label: Mapped[bytes] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    last_used_at: Mapped[datetime | None] = mapped_column(INSTANT)
