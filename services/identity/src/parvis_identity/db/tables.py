# SPDX-License-Identifier: EUPL-1.2
"""The tables of the identity service.

An account (``person`` and what hangs on it) serves the whole deployment; clients, memberships, consents and grants
belong to a collectivity.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db import (
    account_tables,
    audit_tables,
    collectivity_tables,
    device_tables,
    key_tables,
    managed_tables,
    people_tables,
)
from parvis_identity.db.base import INSTANT, TEXTS, Base
from parvis_kit.db.tables import shreddable

__all__ = [
    "Base", "account_tables", "audit_tables", "collectivity_tables", "device_tables", "key_tables", "managed_tables",
    "people_tables",
]  # fmt: skip


class ClientRow(Base):
    """An OAuth client; without collectivity only for Parvis's own services."""

    __tablename__ = "client"
    __table_args__ = (
        CheckConstraint("audience IN ('citizen', 'agent', 'system')", name="audience"),
        CheckConstraint("consent IN ('ask', 'implied')", name="consent"),
        CheckConstraint("collectivity IS NOT NULL OR audience = 'system'", name="collectivity"),
        CheckConstraint("audience <> 'system' OR num_nonnulls(secret_hash, jwks, jwks_uri) > 0", name="some_proof"),
        CheckConstraint("num_nonnulls(secret_hash, jwks, jwks_uri) <= 1", name="single_proof"),
    )

    client_id: Mapped[str] = mapped_column(TEXT, primary_key=True)
    collectivity: Mapped[str | None] = mapped_column(ForeignKey("collectivity.collectivity"), index=True)
    name_fr: Mapped[str] = mapped_column(TEXT)
    name_en: Mapped[str] = mapped_column(TEXT)
    audience: Mapped[str] = mapped_column(TEXT)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    grant_types: Mapped[list[str]] = mapped_column(TEXTS)
    redirect_uris: Mapped[list[str]] = mapped_column(TEXTS)
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(TEXTS)
    scopes: Mapped[list[str]] = mapped_column(TEXTS)
    sector: Mapped[str] = mapped_column(TEXT)
    consent: Mapped[str] = mapped_column(TEXT)
    created_at: Mapped[datetime] = mapped_column(INSTANT, server_default=text("now()"))
    jwks: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    pushes_requests: Mapped[bool] = mapped_column(server_default=false())
    binds_tokens: Mapped[bool] = mapped_column(server_default=false())
    backchannel_logout_uri: Mapped[str | None] = mapped_column(TEXT)
    exchanges: Mapped[list[str]] = mapped_column(TEXTS, server_default=text("'{}'"))
    place_fr: Mapped[str | None] = mapped_column(TEXT)
    place_en: Mapped[str | None] = mapped_column(TEXT)
    jwks_uri: Mapped[str | None] = mapped_column(TEXT)
    franceconnect_scopes: Mapped[list[str]] = mapped_column(TEXTS, server_default=text("'{}'"))
    id_token_algorithm: Mapped[str] = mapped_column(TEXT, server_default="ES256")
    version: Mapped[int] = mapped_column(server_default=text("1"))
    previous_secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_secret_until: Mapped[datetime | None] = mapped_column(INSTANT)
    disabled_at: Mapped[datetime | None] = mapped_column(INSTANT)
    management_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class PersonRow(Base):
    """An account; every column that says who the person is, is sealed with the person's own key."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("language IN ('fr', 'en')", name="language"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), index=True)
    language: Mapped[str] = mapped_column(TEXT)
    version: Mapped[int]
    given_names: Mapped[bytes | None] = shreddable(LargeBinary)
    family_name: Mapped[bytes | None] = shreddable(LargeBinary)
    preferred_name: Mapped[bytes | None] = shreddable(LargeBinary)
    gender: Mapped[bytes | None] = shreddable(LargeBinary)
    birth_date: Mapped[bytes | None] = shreddable(LargeBinary)
    birth_place: Mapped[bytes | None] = shreddable(LargeBinary)
    birth_country: Mapped[bytes | None] = shreddable(LargeBinary)
    email: Mapped[bytes | None] = shreddable(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    phone: Mapped[bytes | None] = shreddable(LargeBinary)
    email_verified_at: Mapped[datetime | None] = mapped_column(INSTANT)
    phone_verified_at: Mapped[datetime | None] = mapped_column(INSTANT)
    own: Mapped[list[str]] = mapped_column(TEXTS, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    updated_at: Mapped[datetime] = mapped_column(INSTANT)
    erased_at: Mapped[datetime | None] = mapped_column(INSTANT)


class IdentityLinkRow(Base):
    """A person as one provider knows them; found by a blind index of the provider's subject."""

    __tablename__ = "identity_link"
    __table_args__ = (UniqueConstraint("issuer", "subject_index"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = mapped_column(TEXT)
    subject: Mapped[bytes] = shreddable(LargeBinary)
    subject_index: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    last_used_at: Mapped[datetime] = mapped_column(INSTANT)


class MembershipRow(Base):
    """An agent of a collectivity; invited by e-mail (blind index only), bound to a person at the first sign-in."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(None, "collectivity", "created_at", "id"),
        Index(None, "collectivity", "user_name_index"),
        Index(None, "collectivity", "external_id_index"),
        UniqueConstraint("collectivity", "invited_email_index"),
        UniqueConstraint("collectivity", "person"),
        CheckConstraint("person IS NOT NULL OR invited_email_index IS NOT NULL", name="reachable"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    person: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    invited_email_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    teams: Mapped[list[str]] = mapped_column(TEXTS)
    roles: Mapped[list[str]] = mapped_column(TEXTS)
    created_at: Mapped[datetime] = mapped_column(INSTANT, server_default=text("now()"))
    bound_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    territories: Mapped[list[str]] = mapped_column(TEXTS, server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    profile: Mapped[bytes | None] = shreddable(LargeBinary)
    user_name_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    external_id_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    suspended_at: Mapped[datetime | None] = mapped_column(INSTANT)
    updated_at: Mapped[datetime] = mapped_column(INSTANT, server_default=text("now()"))


class SignInRow(Base):
    """A browser that is away at a provider; deleted by its return, so that each answer is taken once."""

    __tablename__ = "sign_in"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    provider: Mapped[str] = mapped_column(TEXT)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class SessionRow(Base):
    """A person signed in with a browser; the provider's tokens are kept sealed, to sign out and to ask again there."""

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("kind IN ('citizen', 'agent')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(TEXT)
    provider: Mapped[str] = mapped_column(TEXT)
    acr: Mapped[str | None] = mapped_column(TEXT)
    amr: Mapped[list[str]] = mapped_column(TEXTS, server_default=text("'{}'"))
    auth_time: Mapped[datetime] = mapped_column(INSTANT)
    id_token: Mapped[bytes | None] = shreddable(LargeBinary)
    refresh_token: Mapped[bytes | None] = shreddable(LargeBinary)
    provider_asked_at: Mapped[datetime | None] = mapped_column(INSTANT)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    last_seen_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT, index=True)


class ConsentRow(Base):
    """What a person allows a client, and wants remembered."""

    __tablename__ = "consent"

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.client_id"), primary_key=True, index=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), index=True)
    scopes: Mapped[list[str]] = mapped_column(TEXTS)
    given_at: Mapped[datetime] = mapped_column(INSTANT)


class GrantRow(Base):
    """A family of tokens: what one sign-in allowed one client."""

    __tablename__ = "token_grant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), index=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.client_id"), index=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    session: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(TEXT)
    scopes: Mapped[list[str]] = mapped_column(TEXTS)
    acr: Mapped[str | None] = mapped_column(TEXT)
    amr: Mapped[list[str]] = mapped_column(TEXTS, server_default=text("'{}'"))
    auth_time: Mapped[datetime] = mapped_column(INSTANT)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(INSTANT)
    revoked_reason: Mapped[str | None] = mapped_column(TEXT)
    resources: Mapped[list[str]] = mapped_column(TEXTS, server_default=text("'{}'"))
    bound_to: Mapped[str | None] = mapped_column(TEXT)


class CodeRow(Base):
    """An authorization code; used once, by the one statement that sets ``used_at``."""

    __tablename__ = "authorization_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("token_grant.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(TEXT)
    redirect_uri: Mapped[str] = mapped_column(TEXT)
    challenge: Mapped[str] = mapped_column(TEXT)
    nonce: Mapped[str | None] = mapped_column(TEXT)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
    used_at: Mapped[datetime | None] = mapped_column(INSTANT)
    bound_to: Mapped[str | None] = mapped_column(TEXT)


class RefreshTokenRow(Base):
    """A refresh token; used once, and a second use betrays a thief, so used ones stay until their grant is over."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("token_grant.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    used_at: Mapped[datetime | None] = mapped_column(INSTANT)


class PushedRequestRow(Base):
    """An authorization request that a client pushed; deleted by the browser that brings it in."""

    __tablename__ = "pushed_request"

    uri_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    client_id: Mapped[str] = mapped_column(TEXT)
    details: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class LogoutNoticeRow(Base):
    """A client that is still to be told that a session has ended; deleted when it knows."""

    __tablename__ = "logout_notice"
    __table_args__ = (UniqueConstraint("session", "client_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session: Mapped[UUID]
    client_id: Mapped[str] = mapped_column(TEXT)
    collectivity: Mapped[str] = mapped_column(TEXT)
    person: Mapped[UUID]
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(INSTANT, index=True)


class SpentIdentifierRow(Base):
    """The hash of an identifier that works once, such as the ``jti`` of a client's assertion, until it has expired."""

    __tablename__ = "spent_identifier"

    identifier_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
