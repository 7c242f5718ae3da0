# SPDX-License-Identifier: EUPL-1.2
"""A merge waits before it can be carried out, and the link of a letter calls it off.

Those that wait for a decision were told to nobody, and compared by nobody: they are to be prepared anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_merge", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account_merge", sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account_merge", sa.Column("objection_hash", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE account_merge SET state = 'discarded', decided_at = now(), version = version + 1"
        " WHERE state = 'prepared'"
    )


def downgrade() -> None:
    op.drop_column("account_merge", "objection_hash")
    op.drop_column("account_merge", "objected_at")
    op.drop_column("account_merge", "due_at")
