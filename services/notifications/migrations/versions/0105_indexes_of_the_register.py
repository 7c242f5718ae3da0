# SPDX-License-Identifier: EUPL-1.2
"""The register in its orders; built beside the running service."""

from typing import Final

from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None

_INDEXES: Final = {
    "ix_register_entry_walk": "(collectivity, (coalesce(walk, '')), id)",
    "ix_register_entry_name": "(collectivity, name_mark, created_at, id)",
    "ix_register_entry_checked": "(collectivity, (coalesce(checked_at, created_at)), id)",
    "ix_register_entry_unread": "(id) WHERE read_version IS DISTINCT FROM version",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, keys in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON register_entry {keys}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
