# SPDX-License-Identifier: EUPL-1.2
"""Who sees a participatory process, and who takes part in what belongs to it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process", sa.Column("visible_to", sa.Text(), server_default="everybody", nullable=False))
    op.add_column("process", sa.Column("audience", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("process", "audience")
    op.drop_column("process", "visible_to")
