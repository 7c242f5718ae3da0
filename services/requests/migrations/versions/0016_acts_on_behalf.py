# SPDX-License-Identifier: EUPL-1.2
"""Who really did an act, where somebody acted for the author: an agent who assisted, a mandatary, a parent."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_entry", sa.Column("acted_by", sa.Uuid(), nullable=True))
    op.add_column("history_entry", sa.Column("acted_by_agent", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("history_entry", "acted_by_agent")
    op.drop_column("history_entry", "acted_by")
