# SPDX-License-Identifier: EUPL-1.2
"""Clients that administrators and partners manage: versions, secrets that overlap, an end, registration tokens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("client", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("client", sa.Column("previous_secret_hash", sa.LargeBinary(), nullable=True))
    op.add_column("client", sa.Column("previous_secret_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("client", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("client", sa.Column("management_hash", sa.LargeBinary(), nullable=True))
    op.create_table(
        "registration_ticket",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["collectivity"], ["collectivity.collectivity"], name=op.f("fk_registration_ticket_collectivity")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_registration_ticket")),
    )
    op.create_index(op.f("ix_registration_ticket_collectivity"), "registration_ticket", ["collectivity"], unique=False)
    op.create_index(op.f("ix_registration_ticket_expires_at"), "registration_ticket", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("registration_ticket")
    for column in ("management_hash", "disabled_at", "previous_secret_until", "previous_secret_hash", "version"):
        op.drop_column("client", column)
