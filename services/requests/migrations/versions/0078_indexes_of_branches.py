# SPDX-License-Identifier: EUPL-1.2
"""The orders of the queue by branches of what all may read and what a team alone may; built beside the service."""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

_DUE = "coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)"
_LEGAL_END = "coalesce(legal_end_at, '9999-12-31 00:00:00+00'::timestamptz)"
_RANKED = "(((created_at AT TIME ZONE 'UTC') - priority * interval '100000 days') AT TIME ZONE 'UTC')"
# Of each order: the index before, by what it orders, and what it is restricted to.
_ORDERS = {
    "ix_request_branch_created": ("ix_request_queue", "created_at", ""),
    "ix_request_branch_updated": ("ix_request_queue_updated", "updated_at", ""),
    "ix_request_branch_due": ("ix_request_queue_due", _DUE, ""),
    "ix_request_branch_legal_end": ("ix_request_queue_legal_end", _LEGAL_END, ""),
    "ix_request_branch_ranked": ("ix_request_queue_ranked", _RANKED, ""),
    "ix_request_branch_pressing": ("ix_request_pressing", "created_at", " WHERE priority > 2"),
    "ix_request_branch_low": ("ix_request_low", "created_at", " WHERE priority < 2"),
    "ix_request_branch_unread": ("ix_request_unread", "created_at", " WHERE unread"),
    "ix_request_branch_paused": ("ix_request_paused", "created_at", " WHERE clock_paused_on IS NOT NULL"),
}
_HELD = "ix_request_held"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (_, place, rest) in _ORDERS.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            columns = f"collectivity, team, status, restricted, {place}, id"
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON request ({columns}){rest}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_HELD}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_HELD} ON request (collectivity, assignee) WHERE restricted")
        for before, _, _ in _ORDERS.values():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {before}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (before, place, rest) in _ORDERS.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {before}")
            columns = f"collectivity, team, status, {place}, id"
            op.execute(f"CREATE INDEX CONCURRENTLY {before} ON request ({columns}){rest}")
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_HELD}")
