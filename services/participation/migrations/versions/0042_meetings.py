# SPDX-License-Identifier: EUPL-1.2
"""Public meetings and who registers for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=True),
        sa.Column("assembly_id", sa.Uuid(), nullable=True),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("place", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("walk_ins", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("places IS NULL OR registered <= places", name=op.f("ck_meeting_not_overbooked")),
        sa.CheckConstraint("registered >= 0 AND waiting >= 0", name=op.f("ck_meeting_counts")),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], name=op.f("fk_meeting_assembly_id")),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_meeting_process_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_latest", "meeting", ["collectivity", "begins_at", "id"], unique=False)
    op.create_index("ix_meeting_of_assembly", "meeting", ["assembly_id", "begins_at", "id"], unique=False)
    op.create_index("ix_meeting_of_process", "meeting", ["process_id", "begins_at", "id"], unique=False)
    op.create_index(
        "ix_meeting_to_forget", "meeting", ["ends_at"], unique=False, postgresql_where=sa.text("NOT forgotten")
    )
    op.create_table(
        "meeting_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_after", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_news_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_news")),
    )
    op.create_index(op.f("ix_meeting_news_meeting_id"), "meeting_news", ["meeting_id"], unique=False)
    op.create_index(
        "ix_meeting_news_untold", "meeting_news", ["id"], unique=False, postgresql_where=sa.text("told_at IS NULL")
    )
    op.create_table(
        "meeting_registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_registration_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_registration")),
        sa.UniqueConstraint("meeting_id", "person", name=op.f("uq_meeting_registration_meeting_id_person")),
    )
    op.create_index("ix_meeting_registration_all", "meeting_registration", ["meeting_id", "id"], unique=False)
    op.create_index(
        "ix_meeting_registration_newest",
        "meeting_registration",
        ["meeting_id", "state", "created_at", "id"],
        unique=False,
    )
    op.create_index("ix_meeting_registration_next", "meeting_registration", ["meeting_id", "state", "id"], unique=False)
    op.create_index(op.f("ix_meeting_registration_person"), "meeting_registration", ["person"], unique=False)


def downgrade() -> None:
    op.drop_table("meeting_registration")
    op.drop_table("meeting_news")
    op.drop_table("meeting")
