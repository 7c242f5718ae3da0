# SPDX-License-Identifier: EUPL-1.2
"""An account votes once, by whichever column its key is in: also beside a process of the version before."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_poll_roll_account")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY uq_poll_roll_account"
            " ON poll_roll (poll_id, coalesce(account_key, person_key))"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_poll_roll_account")
