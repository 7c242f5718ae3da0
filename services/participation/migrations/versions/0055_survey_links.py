# SPDX-License-Identifier: EUPL-1.2
"""Anonymous surveys that people answer by a link, without an account."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("link_token", sa.String(), nullable=True))
    op.add_column("survey_response", sa.Column("by_link", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "survey_link_hour",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("hour_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_link_hour_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_link_hour")),
    )


def downgrade() -> None:
    op.drop_table("survey_link_hour")
    op.drop_column("survey_response", "by_link")
    op.drop_column("survey", "link_token")
