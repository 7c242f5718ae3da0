# SPDX-License-Identifier: EUPL-1.2
"""When a broadcast's audience is frozen next: one that cannot be is put off, and holds no other back."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "broadcast", sa.Column("freeze_attempts", sa.SmallInteger, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("broadcast", sa.Column("freeze_after", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("broadcast", "freeze_after")
    op.drop_column("broadcast", "freeze_attempts")
