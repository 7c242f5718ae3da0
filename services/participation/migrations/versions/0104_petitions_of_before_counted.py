# SPDX-License-Identifier: EUPL-1.2
"""The worker counts the petitions of before as those of after, some at a time."""

from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO recount (collectivity, kind, subject_id) SELECT collectivity, 'petition', id FROM petition")


def downgrade() -> None:
    pass
