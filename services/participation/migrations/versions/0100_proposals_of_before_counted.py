# SPDX-License-Identifier: EUPL-1.2
"""The worker counts the proposals of before as those of after, some at a time."""

from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO recount (collectivity, kind, subject_id)"
        " SELECT collectivity, 'proposal', id FROM proposal WHERE state <> 'draft'"
    )


def downgrade() -> None:
    pass
