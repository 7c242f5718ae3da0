# SPDX-License-Identifier: EUPL-1.2
"""The queue by type in the order of filing, and by what ties requests to others: merged, forwarded, transferred."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_request_of_type": "request (type_id, created_at, id)",
    "ix_merge_collectivity": "merge (collectivity, child_id, parent_id)",
    "ix_forwarding_state": "forwarding (collectivity, state, request_id)",
    "ix_transfer_collectivity": "transfer (collectivity, done_at, failed_at, request_id)",
    "ix_transfer_to_collectivity": "transfer (to_collectivity, to_request_id)",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, columns in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {columns}")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_request_type")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_request_type")
        op.execute("CREATE INDEX CONCURRENTLY ix_request_type ON request (type_id)")
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
