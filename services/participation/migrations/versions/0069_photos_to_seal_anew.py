# SPDX-License-Identifier: EUPL-1.2
"""For which account the photos of merged accounts are sealed, until they are sealed anew."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposal_photo", sa.Column("sealed_for", sa.Uuid(), nullable=True), if_not_exists=True)
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_proposal_photo_sealed_for")
        op.create_index(
            "ix_proposal_photo_sealed_for",
            "proposal_photo",
            ["id"],
            postgresql_where=sa.text("sealed_for IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_proposal_photo_sealed_for", table_name="proposal_photo")
    op.drop_column("proposal_photo", "sealed_for")
