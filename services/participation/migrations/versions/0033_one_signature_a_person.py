# SPDX-License-Identifier: EUPL-1.2
"""A person signs a petition, and votes by name in a budget, once, whichever the account."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_INDEXES = {
    "uq_petition_signature_person_key": "petition_signature (petition_id, person_key) WHERE person_key IS NOT NULL",
    "uq_budget_vote_holder_key": "budget_vote (budget_id, holder_key) WHERE holder_key IS NOT NULL",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, entries in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {entries}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
