# SPDX-License-Identifier: EUPL-1.2
"""The queue of what has files, or a legal period that stands still, is read by an index where these are few."""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_attachment_filed": "attachment (collectivity, request_id) WHERE request_id IS NOT NULL",
    "ix_request_paused": "request (collectivity, team, status, created_at, id) WHERE clock_paused_on IS NOT NULL",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, rows in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {rows}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
