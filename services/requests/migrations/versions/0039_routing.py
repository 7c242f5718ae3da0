# SPDX-License-Identifier: EUPL-1.2
"""The routing of a town as administrators say it, and an index of what each agent has, built beside the service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_INDEX = "ix_request_assignee"


def upgrade() -> None:
    op.add_column("collectivity", sa.Column("routing", postgresql.JSONB(), nullable=True), if_not_exists=True)
    version = sa.Column("routing_version", sa.Integer(), nullable=False, server_default="0")
    op.add_column("collectivity", version, if_not_exists=True)
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {_INDEX} ON request (collectivity, assignee, status) WHERE assignee IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
    op.drop_column("collectivity", "routing_version")
    op.drop_column("collectivity", "routing")
