# SPDX-License-Identifier: EUPL-1.2
"""Which requests of a type repeat what it says, found without looking at each; built beside the service."""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

_INDEX = "ix_request_type_restricted"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_INDEX} ON request (type_id, restricted)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
