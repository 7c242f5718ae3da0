# SPDX-License-Identifier: EUPL-1.2
"""What is forgotten half way is found to be forgotten to the end."""

from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None

_INDEX = "ix_proposal_half_forgotten"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {_INDEX} ON proposal (id)"
            " WHERE supports_forgotten_at IS NULL AND supports_kept IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
