# SPDX-License-Identifier: EUPL-1.2
"""Secret polls: roll and urn, which nothing joins; signed roots; what the opened ballots say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("budgets", postgresql.JSONB(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("method", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("board_key", sa.LargeBinary(), nullable=False),
        sa.Column("board_members", sa.Integer(), nullable=False),
        sa.Column("board_threshold", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
    )
    op.create_index("ix_poll_newest", "poll", ["collectivity", "created_at", "id"], unique=False)
    op.create_table(
        "poll_roll",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_roll_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_key", name=op.f("pk_poll_roll")),
    )
    op.create_table(
        "poll_urn",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_urn_poll_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_urn")),
        sa.UniqueConstraint("poll_id", "commitment", name=op.f("uq_poll_urn_poll_id_commitment")),
    )
    op.create_index(
        "ix_poll_urn_fresh", "poll_urn", ["poll_id"], unique=False, postgresql_where=sa.text("batch IS NULL")
    )
    op.create_table(
        "poll_root",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_root_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "batch", name=op.f("pk_poll_root")),
    )
    op.create_table(
        "poll_choice",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_choice_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "place", name=op.f("pk_poll_choice")),
    )


def downgrade() -> None:
    op.drop_table("poll_choice")
    op.drop_table("poll_root")
    op.drop_index("ix_poll_urn_fresh", table_name="poll_urn", postgresql_where=sa.text("batch IS NULL"))
    op.drop_table("poll_urn")
    op.drop_table("poll_roll")
    op.drop_index("ix_poll_newest", table_name="poll")
    op.drop_table("poll")
