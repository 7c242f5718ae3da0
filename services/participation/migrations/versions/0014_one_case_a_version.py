# SPDX-License-Identifier: EUPL-1.2
"""One case for what a proposal or a project says, as for what a comment says."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for content in ("proposal", "project"):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_{content}")
            op.execute(
                f"CREATE UNIQUE INDEX CONCURRENTLY ix_moderation_case_{content}"
                f" ON moderation_case ({content}_id, comment_version)"
            )


def downgrade() -> None:
    op.drop_index("ix_moderation_case_project", table_name="moderation_case")
    op.drop_index("ix_moderation_case_proposal", table_name="moderation_case")
