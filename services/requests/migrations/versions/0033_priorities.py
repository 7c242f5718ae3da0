# SPDX-License-Identifier: EUPL-1.2
"""How pressing a request is; what is more pressing than usual has an index of its own, built beside the service."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_INDEX = "ix_request_pressing"


def upgrade() -> None:
    op.add_column(
        "request", sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="2"), if_not_exists=True
    )
    op.add_column("history_entry", sa.Column("priority", sa.SmallInteger(), nullable=True), if_not_exists=True)
    op.add_column("bulk_operation", sa.Column("priority", sa.SmallInteger(), nullable=True), if_not_exists=True)
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {_INDEX} ON request (collectivity, team, status, created_at, id)"
            " WHERE priority > 2"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
    op.drop_column("bulk_operation", "priority")
    op.drop_column("history_entry", "priority")
    op.drop_column("request", "priority")
