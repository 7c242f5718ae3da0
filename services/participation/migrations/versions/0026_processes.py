# SPDX-License-Identifier: EUPL-1.2
"""Participatory processes, what belongs to them, their news and who follows them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "process",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("links", postgresql.JSONB(), nullable=False),
        sa.Column("phases", postgresql.JSONB(), nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.Column("published_at", instant, nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("next_at", instant, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
    )
    op.create_index("ix_process_newest", "process", ["collectivity", "created_at", "id"], unique=False)
    op.create_index(
        "ix_process_next",
        "process",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL AND published_at IS NOT NULL"),
    )
    op.create_table(
        "process_part",
        sa.Column("part", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_process_part_process_id")),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_process_part")),
    )
    op.create_index(op.f("ix_process_part_process_id"), "process_part", ["process_id"], unique=False)
    op.create_table(
        "process_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("told_after", sa.Uuid(), nullable=True),
        sa.Column("told_at", instant, nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_process_news_process_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_news")),
    )
    op.create_index("ix_process_news_newest", "process_news", ["process_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_process_news_untold", "process_news", ["id"], unique=False, postgresql_where=sa.text("told_at IS NULL")
    )
    op.create_table(
        "process_follower",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_process_follower_process_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_follower")),
        sa.UniqueConstraint("process_id", "person", name=op.f("uq_process_follower_process_id_person")),
    )
    op.create_index("ix_process_follower_next", "process_follower", ["process_id", "id"], unique=False)
    op.create_index(op.f("ix_process_follower_person"), "process_follower", ["person"], unique=False)


def downgrade() -> None:
    for table in ("follower", "news", "part"):
        op.drop_table(f"process_{table}")
    op.drop_table("process")
