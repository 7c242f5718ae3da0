# SPDX-License-Identifier: EUPL-1.2
"""A person volunteers for an assembly once, whichever the account."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_NAME = "uq_assembly_volunteer_person_key"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_NAME}")
        op.execute(
            f"CREATE UNIQUE INDEX CONCURRENTLY {_NAME} ON assembly_volunteer (assembly_id, person_key)"
            " WHERE person_key IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_NAME}")
