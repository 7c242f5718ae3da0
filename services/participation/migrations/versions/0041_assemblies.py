# SPDX-License-Identifier: EUPL-1.2
"""Assemblies, their members, sessions and minutes, who follows them, and lots."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assembly",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("description", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("colleges", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly")),
    )
    op.create_index("ix_assembly_newest", "assembly", ["collectivity", "created_at", "id"], unique=False)
    op.create_table(
        "assembly_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("college", sa.String(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seed_source", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tickets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(), nullable=True),
        sa.Column("drawn", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("gone", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], name=op.f("fk_assembly_draw_assembly_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly_draw")),
    )
    op.create_index("ix_assembly_draw_newest", "assembly_draw", ["assembly_id", "created_at", "id"], unique=False)
    op.create_table(
        "assembly_follower",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], name=op.f("fk_assembly_follower_assembly_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly_follower")),
        sa.UniqueConstraint("assembly_id", "person", name=op.f("uq_assembly_follower_assembly_id_person")),
    )
    op.create_index("ix_assembly_follower_next", "assembly_follower", ["assembly_id", "id"], unique=False)
    op.create_index(op.f("ix_assembly_follower_person"), "assembly_follower", ["person"], unique=False)
    op.create_table(
        "assembly_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("college", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], name=op.f("fk_assembly_member_assembly_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly_member")),
    )
    op.create_index(
        "ix_assembly_member_due",
        "assembly_member",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("due_on IS NOT NULL"),
    )
    op.create_index("ix_assembly_member_newest", "assembly_member", ["assembly_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_assembly_member_over",
        "assembly_member",
        ["ends_on"],
        unique=False,
        postgresql_where=sa.text("name IS NOT NULL"),
    )
    op.create_index(op.f("ix_assembly_member_person"), "assembly_member", ["person"], unique=False)
    op.create_table(
        "assembly_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("place", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("agenda", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("links", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], name=op.f("fk_assembly_session_assembly_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly_session")),
    )
    op.create_index("ix_assembly_session_latest", "assembly_session", ["assembly_id", "begins_at", "id"], unique=False)
    op.create_table(
        "assembly_volunteer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("college", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], name=op.f("fk_assembly_volunteer_assembly_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly_volunteer")),
        sa.UniqueConstraint("assembly_id", "person", name=op.f("uq_assembly_volunteer_assembly_id_person")),
    )
    op.create_index("ix_assembly_volunteer_created_at", "assembly_volunteer", ["created_at"], unique=False)
    op.create_index(op.f("ix_assembly_volunteer_person"), "assembly_volunteer", ["person"], unique=False)
    op.create_table(
        "assembly_attendance",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("presence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["assembly_member.id"], name=op.f("fk_assembly_attendance_member_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["assembly_session.id"], name=op.f("fk_assembly_attendance_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "member_id", name=op.f("pk_assembly_attendance")),
    )
    op.create_index(op.f("ix_assembly_attendance_member_id"), "assembly_attendance", ["member_id"], unique=False)
    op.create_table(
        "assembly_minutes",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["assembly_session.id"], name=op.f("fk_assembly_minutes_session_id")),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_assembly_minutes")),
    )
    op.create_table(
        "assembly_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("assembly_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("told_after", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assembly_id"], ["assembly.id"], name=op.f("fk_assembly_news_assembly_id")),
        sa.ForeignKeyConstraint(["session_id"], ["assembly_session.id"], name=op.f("fk_assembly_news_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assembly_news")),
    )
    op.create_index(op.f("ix_assembly_news_assembly_id"), "assembly_news", ["assembly_id"], unique=False)
    op.create_index(op.f("ix_assembly_news_session_id"), "assembly_news", ["session_id"], unique=False)
    op.create_index(
        "ix_assembly_news_untold", "assembly_news", ["id"], unique=False, postgresql_where=sa.text("told_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("assembly_news")
    op.drop_table("assembly_minutes")
    op.drop_table("assembly_attendance")
    op.drop_table("assembly_volunteer")
    op.drop_table("assembly_session")
    op.drop_table("assembly_member")
    op.drop_table("assembly_follower")
    op.drop_table("assembly_draw")
    op.drop_table("assembly")
