# SPDX-License-Identifier: EUPL-1.2
"""Which agents took the rows of surveys out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("questions", JSONB(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_export_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_export")),
    )
    op.create_index("ix_survey_export_newest", "survey_export", ["survey_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("survey_export")
