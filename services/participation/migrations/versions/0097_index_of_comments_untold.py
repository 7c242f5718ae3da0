# SPDX-License-Identifier: EUPL-1.2
"""Comments of which nobody was told yet are found by when they were written."""

from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None

_INDEX = "ix_comment_untold"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_INDEX} ON comment (created_at) WHERE told_at IS NULL")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
