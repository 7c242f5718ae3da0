# SPDX-License-Identifier: EUPL-1.2
"""The indexes behind the work queue, built beside the running service; safe to run again after it was broken off."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WORDS = "to_tsvector('public.parvis_french'::regconfig, description || ' ' || coalesce(address, ''))"
_INDEXES = {
    "ix_request_queue_updated": "(collectivity, team, status, updated_at, id)",
    "ix_request_facets": "USING gin (facets)",
    "ix_request_words": f"USING gin ({_WORDS})",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON request {what}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
