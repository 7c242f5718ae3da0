# SPDX-License-Identifier: EUPL-1.2
"""The index of what waits are about: a request that is deleted looks for them."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_appointment_wait_request_id")
        op.execute("CREATE INDEX CONCURRENTLY ix_appointment_wait_request_id ON appointment_wait (request_id)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_appointment_wait_request_id")
