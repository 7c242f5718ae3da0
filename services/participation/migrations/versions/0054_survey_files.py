# SPDX-License-Identifier: EUPL-1.2
"""Files that people send to surveys."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_file_survey_id")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["survey_response.id"], name=op.f("fk_survey_file_response_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_file")),
    )
    op.create_index("ix_survey_file_of_person", "survey_file", ["survey_id", "person"])
    op.create_index(op.f("ix_survey_file_person"), "survey_file", ["person"])
    op.create_index(op.f("ix_survey_file_response_id"), "survey_file", ["response_id"])
    op.create_index(
        "ix_survey_file_unanswered", "survey_file", ["created_at"], postgresql_where=sa.text("response_id IS NULL")
    )


def downgrade() -> None:
    op.drop_table("survey_file")
