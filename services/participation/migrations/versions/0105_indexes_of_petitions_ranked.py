# SPDX-License-Identifier: EUPL-1.2
"""Pages of the most signed petitions, and of those that end first, are read in their order."""

from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

# Pages are told by an instant: a number is that of its seconds.
_INDEXES = {
    "ix_petition_signed": "petition (collectivity, to_timestamp(ranked_signatures), id)",
    "ix_petition_ending": "petition (collectivity, closes_at, id)",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, rows in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {rows}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in reversed(_INDEXES):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
