# SPDX-License-Identifier: EUPL-1.2
"""Indexes of whose the files are: a merge of accounts looked at all files of the town."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_COLUMNS = ("owner", "uploaded_by")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for column in _COLUMNS:
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_attachment_{column}")
            op.execute(f"CREATE INDEX CONCURRENTLY ix_attachment_{column} ON attachment ({column})")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for column in _COLUMNS:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_attachment_{column}")
