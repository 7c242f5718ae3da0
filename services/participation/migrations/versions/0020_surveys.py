# SPDX-License-Identifier: EUPL-1.2
"""Surveys, what people answered, and who has answered the anonymous ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "survey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        sa.Column("form", postgresql.JSONB(), nullable=False),
        sa.Column("identification", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("opens_at", instant, nullable=False),
        sa.Column("closes_at", instant, nullable=False),
        sa.Column("paper_closes_at", instant, nullable=False),
        sa.Column("published_at", instant, nullable=True),
        sa.Column("released_at", instant, nullable=True),
        sa.Column("opening_told_at", instant, nullable=True),
        sa.Column("closing_told_at", instant, nullable=True),
        sa.Column("figures", postgresql.JSONB(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    op.create_index("ix_survey_newest", "survey", ["collectivity", "created_at", "id"], unique=False)
    for name, column, untold in (
        ("ix_survey_opening", "opens_at", "opening_told_at IS NULL"),
        ("ix_survey_closing", "closes_at", "closing_told_at IS NULL"),
        ("ix_survey_unfigured", "paper_closes_at", "figures IS NULL"),
    ):
        op.create_index(name, "survey", [column], unique=False, postgresql_where=sa.text(untold))
    op.create_table(
        "survey_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_response_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
        sa.UniqueConstraint("survey_id", "person", name=op.f("uq_survey_response_survey_id_person")),
    )
    op.create_index(op.f("ix_survey_response_person"), "survey_response", ["person"], unique=False)
    op.create_table(
        "survey_roll",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("account_key", sa.LargeBinary(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_roll_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "account_key", name=op.f("pk_survey_roll")),
    )


def downgrade() -> None:
    op.drop_table("survey_roll")
    op.drop_table("survey_response")
    op.drop_table("survey")
