# SPDX-License-Identifier: EUPL-1.2
"""Codes by text message, by which people verify their own number."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_code",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_phone_code_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_phone_code")),
        sa.UniqueConstraint("id", name=op.f("uq_phone_code_id")),
    )
    op.create_index(op.f("ix_phone_code_expires_at"), "phone_code", ["expires_at"])


def downgrade() -> None:
    op.drop_table("phone_code")
