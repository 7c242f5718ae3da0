# SPDX-License-Identifier: EUPL-1.2
"""Processes and assemblies about a territory are read in the order of their pages."""

from alembic import op

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_process_area": "process (collectivity, area, created_at, id)",
    "ix_assembly_area": "assembly (collectivity, area, created_at, id)",
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
