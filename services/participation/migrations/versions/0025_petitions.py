# SPDX-License-Identifier: EUPL-1.2
"""Petitions and their signatures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "petition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", instant, nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("thresholds", postgresql.JSONB(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("closes_at", instant, nullable=True),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("answered_at", instant, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
    )
    op.create_index("ix_petition_newest", "petition", ["collectivity", "created_at", "id"], unique=False)
    op.create_index("ix_petition_person", "petition", ["person", "created_at", "id"], unique=False)
    op.create_index(
        "ix_petition_open", "petition", ["closes_at"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "petition_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("told_at", instant, nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["petition_id"], ["petition.id"], name=op.f("fk_petition_signature_petition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_signature")),
        sa.UniqueConstraint("petition_id", "person", name=op.f("uq_petition_signature_petition_id_person")),
    )
    op.create_index(op.f("ix_petition_signature_person"), "petition_signature", ["person"], unique=False)
    op.create_index(
        "ix_petition_signature_shown",
        "petition_signature",
        ["petition_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("shown"),
    )
    op.create_index(
        "ix_petition_signature_untold",
        "petition_signature",
        ["petition_id"],
        unique=False,
        postgresql_where=sa.text("told AND told_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("petition_signature")
    op.drop_table("petition")
