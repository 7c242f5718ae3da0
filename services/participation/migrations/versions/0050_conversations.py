# SPDX-License-Identifier: EUPL-1.2
"""Opinion conversations, their statements, who takes part and what they say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("description", JSONB(), nullable=False),
        sa.Column("writers", sa.String(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("residence", sa.Boolean(), nullable=False),
        sa.Column("areas", ARRAY(sa.String()), nullable=False),
        sa.Column("open_votes", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", JSONB(), nullable=True),
        sa.Column("steady", JSONB(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index("ix_conversation_newest", "conversation", ["collectivity", "created_at", "id"])
    for name, column in (("closing", "closing_told_at"), ("unfigured", "final_at"), ("kept", "forgotten_at")):
        waiting = sa.text(f"{column} IS NULL")
        op.create_index(f"ix_conversation_{name}", "conversation", ["closes_at"], postgresql_where=waiting)
    op.create_table(
        "conversation_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("translations", JSONB(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=True),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_statement_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_statement")),
        sa.UniqueConstraint("conversation_id", "number", name=op.f("uq_conversation_statement_conversation_id_number")),
    )
    op.create_index(
        "ix_conversation_statement_newest", "conversation_statement", ["conversation_id", "state", "created_at", "id"]
    )
    op.create_index("ix_conversation_statement_person", "conversation_statement", ["person", "created_at"])
    op.create_table(
        "conversation_participant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_participant_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_participant")),
        sa.UniqueConstraint(
            "conversation_id", "person", name=op.f("uq_conversation_participant_conversation_id_person")
        ),
    )
    op.create_index(op.f("ix_conversation_participant_person"), "conversation_participant", ["person"])
    op.create_index(
        "ix_conversation_participant_changed", "conversation_participant", ["conversation_id", "changed_at"]
    )
    op.create_index(
        "uq_conversation_participant_person_key",
        "conversation_participant",
        ["conversation_id", "person_key"],
        unique=True,
        postgresql_where=sa.text("person_key IS NOT NULL"),
    )
    op.create_table(
        "conversation_opinion",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["conversation_participant.id"], name=op.f("fk_conversation_opinion_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["conversation_statement.id"], name=op.f("fk_conversation_opinion_statement_id")
        ),
        sa.PrimaryKeyConstraint("participant_id", "statement_id", name=op.f("pk_conversation_opinion")),
    )
    op.create_index(op.f("ix_conversation_opinion_statement_id"), "conversation_opinion", ["statement_id"])
    op.create_table(
        "conversation_file",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_file_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "name", name=op.f("pk_conversation_file")),
    )


def downgrade() -> None:
    for name in ("file", "opinion", "participant", "statement"):
        op.drop_table(f"conversation_{name}")
    op.drop_table("conversation")
