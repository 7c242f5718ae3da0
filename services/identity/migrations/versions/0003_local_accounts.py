# SPDX-License-Identifier: EUPL-1.2
"""Accounts of our own: addresses and passwords, known devices, attempts, letters and the links in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("session", "token_grant"):
        op.add_column(
            table, sa.Column("amr", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False)
        )
    op.create_table(
        "local_account",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=False),
        sa.Column("password_changed_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_local_account_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_local_account")),
        sa.UniqueConstraint("email_index", name=op.f("uq_local_account_email_index")),
    )
    op.create_table(
        "known_device",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("last_used_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["local_account.person"], name=op.f("fk_known_device_person")),
        sa.PrimaryKeyConstraint("secret_hash", "person", name=op.f("pk_known_device")),
    )
    op.create_index(op.f("ix_known_device_person"), "known_device", ["person"], unique=False)
    op.create_index(op.f("ix_known_device_last_used_at"), "known_device", ["last_used_at"], unique=False)
    op.create_table(
        "login_attempt",
        sa.Column("bucket", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("blocked_until", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_login_attempt")),
    )
    op.create_index(op.f("ix_login_attempt_updated_at"), "login_attempt", ["updated_at"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_next_attempt_at"), "letter", ["next_attempt_at"], unique=False)
    op.create_index(op.f("ix_letter_expires_at"), "letter", ["expires_at"], unique=False)
    op.create_table(
        "mail_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mail_link")),
    )
    op.create_index(op.f("ix_mail_link_email_index"), "mail_link", ["email_index"], unique=False)
    op.create_index(op.f("ix_mail_link_expires_at"), "mail_link", ["expires_at"], unique=False)


def downgrade() -> None:
    for table in ("mail_link", "letter", "login_attempt", "known_device", "local_account"):
        op.drop_table(table)
    for table in ("token_grant", "session"):
        op.drop_column(table, "amr")
