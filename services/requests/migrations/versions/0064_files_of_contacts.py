# SPDX-License-Identifier: EUPL-1.2
"""An index of the files that came with contacts."""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_INDEX = "ix_attachment_contact"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_INDEX} ON attachment (contact_id) WHERE contact_id IS NOT NULL")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
