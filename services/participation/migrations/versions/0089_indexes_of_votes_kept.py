# SPDX-License-Identifier: EUPL-1.2
"""What is to be forgotten is found by when it ended."""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_consultation_kept": "consultation (closes_at) WHERE forgotten_at IS NULL",
    "ix_poll_counted_kept": "poll (counted_at) WHERE forgotten_at IS NULL",
    "ix_poll_cancelled_kept": "poll (cancelled_at) WHERE forgotten_at IS NULL",
    "ix_poll_draft": "poll (closes_at) WHERE published_at IS NULL",
    "ix_budget_kept": "budget (counted_at) WHERE forgotten_at IS NULL",
    "ix_proposal_gone": (
        "proposal (changed_at) WHERE supports_forgotten_at IS NULL AND state IN ('withdrawn', 'removed')"
    ),
    "ix_proposal_settled": "proposal (outcome_on) WHERE supports_forgotten_at IS NULL",
    "ix_proposal_within": "proposal (process_id) WHERE supports_forgotten_at IS NULL AND process_id IS NOT NULL",
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
