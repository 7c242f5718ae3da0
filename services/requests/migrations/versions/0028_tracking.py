# SPDX-License-Identifier: EUPL-1.2
"""By what somebody without an account comes back to their request: the digest of a token that they alone know."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tracking",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["reporter.person"], name=op.f("fk_tracking_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tracking")),
    )
    op.create_index("ix_tracking_person", "tracking", ["person"], unique=False)
    op.create_index("ix_tracking_newest", "tracking", ["collectivity", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("tracking")
