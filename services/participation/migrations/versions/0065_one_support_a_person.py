# SPDX-License-Identifier: EUPL-1.2
"""A person supports a proposal, and answers a consultation for verified people, once, whichever the account."""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

_INDEXES = {
    "uq_proposal_support_person_key": "proposal_support (proposal_id, person_key) WHERE person_key IS NOT NULL",
    "uq_answer_person_key": "answer (consultation_id, person_key) WHERE person_key IS NOT NULL",
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
