# SPDX-License-Identifier: EUPL-1.2
"""Cases about proposals and about projects of participatory budgets, as about comments."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Cases about anything else come only from the version that knows them.
    op.execute("-- squawk-ignore ban-drop-not-null\nALTER TABLE moderation_case ALTER COLUMN comment_id DROP NOT NULL")
    op.add_column("moderation_case", sa.Column("proposal_id", sa.Uuid(), nullable=True))
    # Without a foreign key: who takes a project back deletes it, and the case about it stays.
    op.add_column("moderation_case", sa.Column("project_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE moderation_case ADD CONSTRAINT fk_moderation_case_proposal_id"
        " FOREIGN KEY (proposal_id) REFERENCES proposal (id) NOT VALID"
    )
    op.execute(
        "ALTER TABLE moderation_case ADD CONSTRAINT ck_moderation_case_one_content"
        " CHECK (num_nonnulls(comment_id, proposal_id, project_id) = 1) NOT VALID"
    )
    op.add_column("budget_project", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("budget_project", "removed_at")
    # Before, nothing took the words of a proposal from readers and kept them.
    op.execute("DELETE FROM proposal_version WHERE proposal_id IN (SELECT id FROM proposal WHERE state = 'removed')")
    op.execute(
        "UPDATE proposal SET state = 'withdrawn', title = NULL, description = NULL, estimate = NULL, position = NULL"
        " WHERE state = 'removed'"
    )
    others = "(SELECT id FROM moderation_case WHERE comment_id IS NULL)"
    for table in ("report", "decision", "appeal"):
        op.execute(f"DELETE FROM moderation_{table} WHERE case_id IN {others}")
    op.execute("DELETE FROM moderation_case WHERE comment_id IS NULL")
    op.execute("ALTER TABLE moderation_case DROP CONSTRAINT ck_moderation_case_one_content")
    op.drop_column("moderation_case", "project_id")
    op.drop_column("moderation_case", "proposal_id")
    op.alter_column("moderation_case", "comment_id", existing_type=sa.Uuid(), nullable=False)
