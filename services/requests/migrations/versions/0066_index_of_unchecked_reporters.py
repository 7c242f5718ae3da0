# SPDX-License-Identifier: EUPL-1.2
"""The nightly sweep reads those whom it has not looked at yet, and no longer all."""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_reporter_unchecked")
        op.execute("CREATE INDEX CONCURRENTLY ix_reporter_unchecked ON reporter (created_at, person) WHERE NOT checked")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_reporter_created_at")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_reporter_created_at")
        op.execute("CREATE INDEX CONCURRENTLY ix_reporter_created_at ON reporter (created_at)")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_reporter_unchecked")
