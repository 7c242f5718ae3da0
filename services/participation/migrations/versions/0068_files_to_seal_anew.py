# SPDX-License-Identifier: EUPL-1.2
"""For which account the files of merged accounts are sealed, until they are sealed anew."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey_file", sa.Column("sealed_for", sa.Uuid(), nullable=True), if_not_exists=True)
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_survey_file_sealed_for")
        op.create_index(
            "ix_survey_file_sealed_for",
            "survey_file",
            ["id"],
            postgresql_where=sa.text("sealed_for IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_survey_file_sealed_for", table_name="survey_file")
    op.drop_column("survey_file", "sealed_for")
