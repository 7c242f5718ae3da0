# SPDX-License-Identifier: EUPL-1.2
"""The first tables: collectivities, clients, people, sessions, grants, signing keys, messaging."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from parvis_kit.messaging.tables import create_messaging_tables, drop_messaging_tables
from parvis_kit.web.idempotency import TABLE as IDEMPOTENCY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collectivity",
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("name_fr", sa.TEXT(), nullable=False),
        sa.Column("name_en", sa.TEXT(), nullable=False),
        sa.Column("sirets", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", name=op.f("pk_collectivity")),
    )
    op.create_table(
        "sign_in",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.TEXT(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_browser_hash"), "sign_in", ["browser_hash"], unique=False)
    op.create_index(op.f("ix_sign_in_expires_at"), "sign_in", ["expires_at"], unique=False)
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.TEXT(), nullable=False),
        sa.Column("status", sa.TEXT(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('next', 'current', 'past')", name=op.f("ck_signing_key_status")),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_key")),
    )
    op.create_index(
        "uq_signing_key_role", "signing_key", ["status"], unique=True, postgresql_where=sa.text("status <> 'past'")
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=True),
        sa.Column("name_fr", sa.TEXT(), nullable=False),
        sa.Column("name_en", sa.TEXT(), nullable=False),
        sa.Column("audience", sa.TEXT(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("grant_types", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("redirect_uris", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("post_logout_redirect_uris", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("sector", sa.TEXT(), nullable=False),
        sa.Column("consent", sa.TEXT(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("audience <> 'system' OR secret_hash IS NOT NULL", name=op.f("ck_client_secret")),
        sa.CheckConstraint("audience IN ('citizen', 'agent', 'system')", name=op.f("ck_client_audience")),
        sa.CheckConstraint("collectivity IS NOT NULL OR audience = 'system'", name=op.f("ck_client_collectivity")),
        sa.CheckConstraint("consent IN ('ask', 'implied')", name=op.f("ck_client_consent")),
        sa.ForeignKeyConstraint(["collectivity"], ["collectivity.collectivity"], name=op.f("fk_client_collectivity")),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client")),
    )
    op.create_index(op.f("ix_client_collectivity"), "client", ["collectivity"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("language", sa.TEXT(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_names", sa.LargeBinary(), nullable=True),
        sa.Column("family_name", sa.LargeBinary(), nullable=True),
        sa.Column("preferred_name", sa.LargeBinary(), nullable=True),
        sa.Column("gender", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=True),
        sa.Column("birth_place", sa.LargeBinary(), nullable=True),
        sa.Column("birth_country", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_person_language")),
        sa.ForeignKeyConstraint(["collectivity"], ["collectivity.collectivity"], name=op.f("fk_person_collectivity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_collectivity"), "person", ["collectivity"], unique=False)
    op.create_index(op.f("ix_person_email_index"), "person", ["email_index"], unique=False)
    op.create_table(
        "consent",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name=op.f("fk_consent_client_id")),
        sa.ForeignKeyConstraint(["collectivity"], ["collectivity.collectivity"], name=op.f("fk_consent_collectivity")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_consent_person")),
        sa.PrimaryKeyConstraint("person", "client_id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_client_id"), "consent", ["client_id"], unique=False)
    op.create_index(op.f("ix_consent_collectivity"), "consent", ["collectivity"], unique=False)
    op.create_table(
        "identity_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.TEXT(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_identity_link_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_link")),
        sa.UniqueConstraint("issuer", "subject_index", name=op.f("uq_identity_link_issuer_subject_index")),
    )
    op.create_index(op.f("ix_identity_link_person"), "identity_link", ["person"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("invited_email_index", sa.LargeBinary(), nullable=True),
        sa.Column("teams", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "person IS NOT NULL OR invited_email_index IS NOT NULL", name=op.f("ck_membership_reachable")
        ),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_membership_collectivity")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_membership_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "collectivity", "invited_email_index", name=op.f("uq_membership_collectivity_invited_email_index")
        ),
        sa.UniqueConstraint("collectivity", "person", name=op.f("uq_membership_collectivity_person")),
    )
    op.create_index(op.f("ix_membership_person"), "membership", ["person"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.TEXT(), nullable=False),
        sa.Column("provider", sa.TEXT(), nullable=False),
        sa.Column("acr", sa.TEXT(), nullable=True),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id_token", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('citizen', 'agent')", name=op.f("ck_session_kind")),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_session_secret_hash")),
    )
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_session_person"), "session", ["person"], unique=False)
    op.create_table(
        "token_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("session", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.TEXT(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("acr", sa.TEXT(), nullable=True),
        sa.Column("auth_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.TEXT(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.client_id"], name=op.f("fk_token_grant_client_id")),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_token_grant_collectivity")
        ),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_token_grant_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_grant")),
    )
    op.create_index(op.f("ix_token_grant_client_id"), "token_grant", ["client_id"], unique=False)
    op.create_index(op.f("ix_token_grant_collectivity"), "token_grant", ["collectivity"], unique=False)
    op.create_index(op.f("ix_token_grant_expires_at"), "token_grant", ["expires_at"], unique=False)
    op.create_index(op.f("ix_token_grant_person"), "token_grant", ["person"], unique=False)
    op.create_index(op.f("ix_token_grant_session"), "token_grant", ["session"], unique=False)
    op.create_table(
        "authorization_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.TEXT(), nullable=False),
        sa.Column("redirect_uri", sa.TEXT(), nullable=False),
        sa.Column("challenge", sa.TEXT(), nullable=False),
        sa.Column("nonce", sa.TEXT(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["token_grant.id"], name=op.f("fk_authorization_code_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_authorization_code")),
    )
    op.create_index(op.f("ix_authorization_code_expires_at"), "authorization_code", ["expires_at"], unique=False)
    op.create_index(op.f("ix_authorization_code_grant_id"), "authorization_code", ["grant_id"], unique=False)
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["token_grant.id"], name=op.f("fk_refresh_token_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_token")),
    )
    op.create_index(op.f("ix_refresh_token_grant_id"), "refresh_token", ["grant_id"], unique=False)
    op.execute(IDEMPOTENCY)
    create_messaging_tables(op)


def downgrade() -> None:
    drop_messaging_tables(op)
    op.execute("DROP TABLE idempotency_record")
    op.drop_index(op.f("ix_refresh_token_grant_id"), table_name="refresh_token")
    op.drop_table("refresh_token")
    op.drop_index(op.f("ix_authorization_code_grant_id"), table_name="authorization_code")
    op.drop_index(op.f("ix_authorization_code_expires_at"), table_name="authorization_code")
    op.drop_table("authorization_code")
    op.drop_index(op.f("ix_token_grant_session"), table_name="token_grant")
    op.drop_index(op.f("ix_token_grant_person"), table_name="token_grant")
    op.drop_index(op.f("ix_token_grant_expires_at"), table_name="token_grant")
    op.drop_index(op.f("ix_token_grant_collectivity"), table_name="token_grant")
    op.drop_index(op.f("ix_token_grant_client_id"), table_name="token_grant")
    op.drop_table("token_grant")
    op.drop_index(op.f("ix_session_person"), table_name="session")
    op.drop_index(op.f("ix_session_expires_at"), table_name="session")
    op.drop_table("session")
    op.drop_index(op.f("ix_membership_person"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_identity_link_person"), table_name="identity_link")
    op.drop_table("identity_link")
    op.drop_index(op.f("ix_consent_collectivity"), table_name="consent")
    op.drop_index(op.f("ix_consent_client_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_person_email_index"), table_name="person")
    op.drop_index(op.f("ix_person_collectivity"), table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_client_collectivity"), table_name="client")
    op.drop_table("client")
    op.drop_index("uq_signing_key_role", table_name="signing_key", postgresql_where=sa.text("status <> 'past'"))
    op.drop_table("signing_key")
    op.drop_index(op.f("ix_sign_in_expires_at"), table_name="sign_in")
    op.drop_index(op.f("ix_sign_in_browser_hash"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("collectivity")
