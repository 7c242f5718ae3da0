# SPDX-License-Identifier: EUPL-1.2
"""An account has one entry of a town's register at the most, by which it is found."""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_INDEX = "uq_register_entry_person"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(
            f"CREATE UNIQUE INDEX CONCURRENTLY {_INDEX} ON register_entry (person, collectivity)"
            " WHERE person IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
