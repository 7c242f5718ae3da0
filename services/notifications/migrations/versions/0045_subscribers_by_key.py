# SPDX-License-Identifier: EUPL-1.2
"""Subscribers by whose key they are sealed with: those of a destroyed one are looked for every day."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_subscriber_key_person")
        op.execute("CREATE INDEX CONCURRENTLY ix_subscriber_key_person ON subscriber (key_person)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_subscriber_key_person")
