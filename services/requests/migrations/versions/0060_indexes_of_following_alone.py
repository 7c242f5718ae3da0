# SPDX-License-Identifier: EUPL-1.2
"""One address follows a request once; a request that is deleted and the bound of an hour look for who confirms."""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_INDEXES = {
    "uq_follow_address": "UNIQUE INDEX CONCURRENTLY {} ON follow (request_id, address) WHERE address IS NOT NULL",
    "ix_confirmation_follows": "INDEX CONCURRENTLY {} ON confirmation (follows) WHERE follows IS NOT NULL",
    "ix_confirmation_following": "INDEX CONCURRENTLY {} ON confirmation (collectivity, created_at)"
    " WHERE follows IS NOT NULL",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, index in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute("CREATE " + index.format(name))


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
