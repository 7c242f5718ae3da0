# SPDX-License-Identifier: EUPL-1.2
"""What news are in a digest, and which broadcast waits for one; built beside the running service."""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_broadcast_delivery_digest": "(digest_id) WHERE digest_id IS NOT NULL",
    "ix_broadcast_delivery_gathered": "(broadcast_id) WHERE state = 'gathered'",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, what in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON broadcast_delivery {what}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
