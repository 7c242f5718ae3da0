# SPDX-License-Identifier: EUPL-1.2
"""An index of messages that came in by their turn; the one by their time alone goes with the version that reads it."""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_INDEX = "ix_received_message_turn"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_INDEX} ON received_message (reply DESC, due_at)")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_received_message_due")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_received_message_due")
        op.execute("CREATE INDEX CONCURRENTLY ix_received_message_due ON received_message (due_at)")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
