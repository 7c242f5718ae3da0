# SPDX-License-Identifier: EUPL-1.2
"""The first tables: consultations and their answers, messaging."""

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
        "consultation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        sa.Column("question", postgresql.JSONB(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opening_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_index(
        "ix_consultation_closing",
        "consultation",
        ["closes_at"],
        unique=False,
        postgresql_where=sa.text("closing_told_at IS NULL"),
    )
    op.create_index("ix_consultation_newest", "consultation", ["collectivity", "created_at", "id"], unique=False)
    op.create_index(
        "ix_consultation_opening",
        "consultation",
        ["opens_at"],
        unique=False,
        postgresql_where=sa.text("opening_told_at IS NULL"),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["consultation_id"], ["consultation.id"], name=op.f("fk_answer_consultation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("consultation_id", "person", name=op.f("uq_answer_consultation_id_person")),
    )
    op.create_index("ix_answer_option", "answer", ["consultation_id", "option"], unique=False)
    op.execute(IDEMPOTENCY)
    create_messaging_tables(op)


def downgrade() -> None:
    drop_messaging_tables(op)
    op.execute("DROP TABLE idempotency_record")
    op.drop_index("ix_answer_option", table_name="answer")
    op.drop_table("answer")
    op.drop_index(
        "ix_consultation_opening", table_name="consultation", postgresql_where=sa.text("opening_told_at IS NULL")
    )
    op.drop_index("ix_consultation_newest", table_name="consultation")
    op.drop_index(
        "ix_consultation_closing", table_name="consultation", postgresql_where=sa.text("closing_told_at IS NULL")
    )
    op.drop_table("consultation")
