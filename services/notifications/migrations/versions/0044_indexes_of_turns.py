# SPDX-License-Identifier: EUPL-1.2
"""Notices and deliveries by their turn; notices of a request in the order of each person, not of all persons."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_OPEN = "state IN ('pending', 'retry', 'sending')"
_NEW = {
    "ix_notice_turn": "notice (bulk, due_at) WHERE state = 'pending'",
    "ix_notice_order": "notice (request_id, person, sequence) WHERE state = 'pending'",
    "ix_delivery_turn": f"delivery (channel, bulk, due_at) WHERE {_OPEN}",
}
_OLD = {
    "ix_notice_due": "notice (due_at) WHERE state = 'pending'",
    "ix_notice_request": "notice (request_id, sequence) WHERE state = 'pending'",
    "ix_delivery_due": f"delivery (channel, due_at) WHERE {_OPEN}",
}


def upgrade() -> None:
    _exchange(_NEW, _OLD)


def downgrade() -> None:
    _exchange(_OLD, _NEW)


def _exchange(made: dict[str, str], gone: dict[str, str]) -> None:
    with op.get_context().autocommit_block():
        for name, on in made.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {on}")
        for name in gone:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
