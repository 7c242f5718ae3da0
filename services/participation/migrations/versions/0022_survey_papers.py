# SPDX-License-Identifier: EUPL-1.2
"""Answers to surveys that are begun, answers on paper, and until when it is kept who answered."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column("survey", sa.Column("forgotten_at", instant, nullable=True))
    op.create_table(
        "survey_draft",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_draft_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "person", name=op.f("pk_survey_draft")),
    )
    op.create_index(op.f("ix_survey_draft_person"), "survey_draft", ["person"], unique=False)
    op.create_table(
        "survey_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("confirmed_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_paper_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_paper")),
        sa.UniqueConstraint("survey_id", "reference", name=op.f("uq_survey_paper_survey_id_reference")),
    )
    op.create_index("ix_survey_paper_newest", "survey_paper", ["survey_id", "created_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("survey_paper")
    op.drop_table("survey_draft")
    op.drop_column("survey", "forgotten_at")
