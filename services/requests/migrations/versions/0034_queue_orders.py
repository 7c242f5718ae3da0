# SPDX-License-Identifier: EUPL-1.2
"""A queue by due date, legal end and priority, and what nobody opened; indexes are built beside the service."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_BRANCH = "collectivity, team, status"
_INDEXES = {
    "ix_request_queue_due": f"({_BRANCH}, coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz), id)",
    "ix_request_queue_legal_end": f"({_BRANCH}, coalesce(legal_end_at, '9999-12-31 00:00:00+00'::timestamptz), id)",
    "ix_request_queue_ranked": (
        f"({_BRANCH}, (((created_at AT TIME ZONE 'UTC') - priority * interval '100000 days') AT TIME ZONE 'UTC'), id)"
    ),
    "ix_request_unread": f"({_BRANCH}, created_at, id) WHERE unread",
}


def upgrade() -> None:
    op.add_column(
        "request",
        sa.Column("unread", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON request {what}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.drop_column("request", "unread")
