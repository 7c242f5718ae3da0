# SPDX-License-Identifier: EUPL-1.2
"""Indexes of those who are to be told what became of something, and of those who were."""

from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_person_telling_untold": "(id) WHERE told_at IS NULL",
    "ix_person_telling_told": "(about) WHERE told_at IS NOT NULL",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON person_telling {what}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
