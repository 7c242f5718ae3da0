# SPDX-License-Identifier: EUPL-1.2
"""An index less on audiences, which are written by the hundred thousand: each is looked up by its broadcast."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_INDEX = "ix_recipient_subscriber"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_INDEX} ON recipient (subscriber_id)")
