# SPDX-License-Identifier: EUPL-1.2
"""What people did in the register by an account, of whose person it is to be forgotten; built beside the service."""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

_CHANGE = "ix_register_change_own"
_ACCESS = "ix_register_access_own"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_CHANGE}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_CHANGE} ON register_change (agent) WHERE own")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_ACCESS}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {_ACCESS} ON register_access (agent)"
            " WHERE act IN ('own-ask', 'own-change', 'own-leave')"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_ACCESS}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_CHANGE}")
