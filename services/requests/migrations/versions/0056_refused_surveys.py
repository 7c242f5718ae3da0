# SPDX-License-Identifier: EUPL-1.2
"""Who wants to be asked no more how they were served."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_refusal",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("who", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "who", name=op.f("pk_survey_refusal")),
    )
    op.create_index("ix_survey_refusal_who", "survey_refusal", ["who"])


def downgrade() -> None:
    op.drop_table("survey_refusal")
