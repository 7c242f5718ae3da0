# SPDX-License-Identifier: EUPL-1.2
"""Indexes of the petitions of which words or signatures are to be forgotten some time after."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_petition_refused": "petition (decided_at) WHERE state = 'refused' AND title IS NOT NULL",
    "ix_petition_over": "petition (coalesce(answered_at, closes_at)) WHERE state = 'closed' AND signed IS NULL",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, entries in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {entries}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
