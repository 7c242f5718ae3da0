# SPDX-License-Identifier: EUPL-1.2
"""Pages of the most supported and the most discussed proposals of a town, or of a process, are read in their order."""

from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

# Pages are told by an instant: a number is that of its seconds.
_INDEXES = {
    "ix_proposal_supported": "proposal (collectivity, to_timestamp(ranked_supports), id)",
    "ix_proposal_discussed": "proposal (collectivity, to_timestamp(ranked_comments), id)",
    "ix_proposal_process_supported": (
        "proposal (process_id, to_timestamp(ranked_supports), id) WHERE process_id IS NOT NULL"
    ),
    "ix_proposal_process_discussed": (
        "proposal (process_id, to_timestamp(ranked_comments), id) WHERE process_id IS NOT NULL"
    ),
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
